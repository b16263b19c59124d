import type { Bytes } from "#proto/bytes.js";

const BLOCK_BYTES = 256 * 1024;

/**
 * Hands out parts of large blocks. A record of its own array costs the engine an allocation outside its heap; a commit
 * makes tens of thousands of them. What is taken keeps its whole block alive: for short-lived bytes only.
 */
export class Arena {
  #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #used = 0;

  /** Bytes of any content. */
  take(length: number): Bytes {
    if (length > BLOCK_BYTES / 4) return Buffer.allocUnsafeSlow(length);
    if (this.#used + length > BLOCK_BYTES) {
      this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      this.#used = 0;
    }
    const out = this.#block.subarray(this.#used, this.#used + length); // A Buffer: the database takes it as it is.
    this.#used += length;
    return out;
  }
}
