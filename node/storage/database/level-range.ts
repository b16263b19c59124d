import type { Bytes } from "#proto/bytes.js";
import type { Range } from "#state/store/base.js";

export const LEVEL_OPTIONS = {
  keyEncoding: "view",
  valueEncoding: "view",
  /** Worker threads open the same directory again: one reads ranges, others may serve queries. */
  multithreading: true,
  /** Two to three large blocks: in a larger one each insertion takes longer, in a smaller one files are merged more often. */
  writeBufferSize: 8 * 1024 * 1024,
  /** For blocks that are compressed; the files are mapped into memory. */
  cacheSize: 16 * 1024 * 1024,
} as const;

/** A range in the words of classic-level. */
export function levelRange({ from, to, reverse, limit }: Range): object {
  return {
    ...(from === undefined ? {} : { gte: from }),
    ...(to === undefined ? {} : { lt: to }),
    reverse: reverse === true,
    limit: limit ?? -1,
    highWaterMarkBytes: 256 * 1024,
  };
}

/** A Buffer as a plain array: `slice` of a Buffer is no copy, and who relies on one would share bytes unawares. */
export function plain(bytes: Uint8Array): Bytes {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** How one page of a range travels between two threads: four numbers, then count times key length, value length, key, value. */
export const HEADER = { turn: 0, status: 1, count: 2, bytes: 3 } as const;
export const HEADER_BYTES = 16;
export const STATUS = { end: 1, more: 2, tooSmall: 3, failed: 4 } as const;

export interface PageRequest {
  readonly kind: "page";
  readonly turn: number;
  readonly range: Range;
  /** Where the page goes. */
  readonly memory: SharedArrayBuffer;
}
export type Request = PageRequest | { readonly kind: "close" };
