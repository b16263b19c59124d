import type { Bytes } from "./bytes.js";

const BLOCK_BYTES = 256 * 1024;

/**
 * Hands out parts of large blocks. An array of its own costs the engine an allocation outside its heap; a commit makes
 * tens of thousands of them. What is taken keeps its whole block alive: for short-lived bytes only.
 */
export class Arena {
  #block: Bytes = new Uint8Array(BLOCK_BYTES);
  #used = 0;

  /** Bytes that nobody else has. */
  take(length: number): Bytes {
    if (length > BLOCK_BYTES / 4) return new Uint8Array(length);
    if (this.#used + length > BLOCK_BYTES) {
      this.#block = new Uint8Array(BLOCK_BYTES);
      this.#used = 0;
    }
    const out = this.#block.subarray(this.#used, this.#used + length);
    this.#used += length;
    return out;
  }
}
