import type { Bytes } from "#proto/bytes.js";

/** LevelDB cuts blocks at 4 KiB, but one entry may be a whole block of the chain. */
const UNCOMPRESSED_BYTES_MAX = 64 * 1024 * 1024;

/** Undoes raw Snappy compression (github.com/google/snappy, format_description.txt); undefined for anything else. */
export function unsnap(bytes: Bytes): Bytes | undefined {
  let [length, at, shift] = [0, 0, 0];
  for (let byte = 0x80; byte >= 0x80; shift += 7) {
    if (at >= bytes.length || shift > 28) return undefined;
    byte = bytes[at++]!;
    length += (byte & 0x7f) * 2 ** shift;
  }
  if (length > UNCOMPRESSED_BYTES_MAX) return undefined;
  const out = new Uint8Array(length);
  let written = 0;
  while (at < bytes.length) {
    const tag = bytes[at++]!;
    const kind = tag & 3;
    const extra = kind === 0 ? Math.max((tag >> 2) - 59, 0) : kind === 3 ? 4 : kind;
    if (at + extra > bytes.length) return undefined;
    let number = 0;
    for (let i = 0; i < extra; i++) number += bytes[at++]! * 2 ** (8 * i);
    if (kind === 0) {
      const count = 1 + (extra > 0 ? number : tag >> 2);
      if (at + count > bytes.length || written + count > length) return undefined;
      out.set(bytes.subarray(at, at + count), written);
      [at, written] = [at + count, written + count];
      continue;
    }
    const count = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
    const offset = kind === 1 ? (tag >> 5) * 256 + number : number;
    if (offset === 0 || offset > written || written + count > length) return undefined;
    for (let i = 0; i < count; i++, written++) out[written] = out[written - offset]!; // May overlap what it writes.
  }
  return written === length ? out : undefined;
}
