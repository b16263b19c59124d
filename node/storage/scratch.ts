import type { Bytes } from "#proto/bytes.js";

/** One piece of memory for one thing after the other: what is taken lasts until the next is. */
export class Scratch {
  #bytes: Bytes = new Uint8Array(1024);

  take(length: number): Bytes {
    if (length > this.#bytes.length) this.#bytes = new Uint8Array(2 * length);
    return this.#bytes.subarray(0, length);
  }
}
