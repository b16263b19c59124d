import type { Bytes } from "#proto/bytes.js";

/** A part of a file between line ends. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly bytes: Bytes;
}

/** Lines without their ends, LF or CR LF, in order. */
export function* linesOf(bytes: Bytes): Generator<Line> {
  let number = 1;
  for (let start = 0; start < bytes.length; number++) {
    const found = bytes.indexOf(0x0a, start);
    const next = found === -1 ? bytes.length : found;
    const end = next > start && bytes[next - 1] === 0x0d ? next - 1 : next;
    yield { number, bytes: bytes.subarray(start, end) };
    start = next + 1;
  }
}
