import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bytes } from "#proto/bytes.js";
import { crc32c } from "./crc32c.js";
import { unsnap } from "./snappy.js";

/**
 * Checks the sorted files of a LevelDB database without opening it. The database itself trusts its blocks: one that a
 * failing disk changed can end the process before anybody learns which file it was.
 *
 *   file     blocks | footer: two block handles (of the meta index and of the index), padding, magic
 *   block    content | compression u8 (0 none, 1 snappy) | masked CRC-32C of both u32, little-endian
 *   handle   offset varint | length of the content varint
 *
 * https://github.com/google/leveldb/blob/1.20/doc/table_format.md
 */
const FOOTER_BYTES = 48;
const MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
const TRAILER_BYTES = 5;
const MASK_DELTA = 0xa282ead8;

export interface TablesRead {
  readonly files: number;
  /** File and place of each damaged block. */
  readonly damaged: readonly string[];
}

export async function checkLevelTables(directory: string): Promise<TablesRead> {
  const names = (await readdir(directory)).filter((name) => /\.(?:ldb|sst)$/.test(name)).sort();
  const damaged: string[] = [];
  for (const name of names) {
    for (const place of damagedPlaces(await readFile(join(directory, name)))) damaged.push(`${name}: ${place}`);
  }
  return { files: names.length, damaged };
}

interface Handle {
  readonly offset: number;
  readonly length: number;
}

function damagedPlaces(file: Bytes): string[] {
  const footerAt = file.length - FOOTER_BYTES;
  if (footerAt < 0 || !MAGIC.every((byte, i) => file[file.length - MAGIC.length + i] === byte)) return ["its footer"];
  const [metaIndex, at] = readHandle(file, footerAt);
  const [index] = readHandle(file, at);
  const data = listed(file, index);
  const filters = listed(file, metaIndex);
  if (data === undefined || filters === undefined) return ["its index"];
  const broken = [...data, ...filters].filter((handle) => blockAt(file, handle) === undefined);
  return broken.map(({ offset }) => `the block at byte ${offset}`);
}

/** The blocks that an index names; undefined when the index itself is damaged. */
function listed(file: Bytes, index: Handle | undefined): Handle[] | undefined {
  const content = index === undefined ? undefined : blockAt(file, index);
  return content === undefined ? undefined : handlesIn(content);
}

/** The content of a block; undefined when its checksum or compression fails. */
function blockAt(file: Bytes, { offset, length }: Handle): Bytes | undefined {
  const end = offset + length;
  if (end + TRAILER_BYTES > file.length) return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const crc = crc32c(file.subarray(offset, end + 1));
  const masked = (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
  if (view.getUint32(end + 1, true) !== masked) return undefined;
  const content = file.subarray(offset, end);
  if (file[end] === 0) return content;
  return file[end] === 1 ? unsnap(content) : undefined;
}

/** The values of an index block: `shared | unshared | value length`, all varints, then the key's rest and the value. */
function handlesIn(block: Bytes): Handle[] | undefined {
  if (block.length < 4) return undefined;
  const restarts = new DataView(block.buffer, block.byteOffset, block.byteLength).getUint32(block.length - 4, true);
  const end = block.length - 4 * (restarts + 1);
  const handles: Handle[] = [];
  for (let at = 0; at < end;) {
    const [, second] = readVarint(block, at);
    const [keyBytes, third] = readVarint(block, second);
    const [valueBytes, keyAt] = readVarint(block, third);
    if (keyBytes === undefined || valueBytes === undefined) return undefined;
    const [handle] = readHandle(block, keyAt + keyBytes);
    if (handle === undefined) return undefined;
    handles.push(handle);
    at = keyAt + keyBytes + valueBytes;
  }
  return handles;
}

function readHandle(bytes: Bytes, at: number): [handle: Handle | undefined, next: number] {
  const [offset, second] = readVarint(bytes, at);
  const [length, next] = readVarint(bytes, second);
  return [offset === undefined || length === undefined ? undefined : { offset, length }, next];
}

/** Up to 49 bits: no file of a database is larger. Undefined past that, or past the end. */
export function readVarint(bytes: Bytes, at: number): [value: number | undefined, next: number] {
  let value = 0;
  for (let i = 0; i < 7; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return [value, at + i + 1];
  }
  return [undefined, at];
}
