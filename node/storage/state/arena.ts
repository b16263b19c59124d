import type { Bytes } from "#proto/bytes.js";

const BLOCK_BYTES = 256 * 1024;

/**
 * Copies of bytes in large blocks. What the database hands out is an allocation outside the engine's heap with three
 * objects in it, several times as large as a small value. A copy that is kept keeps its block.
 */
export class Arena {
  #block: Bytes = new Uint8Array(0);
  #used = 0;

  copy(bytes: Bytes): Bytes {
    if (bytes.length > BLOCK_BYTES / 4) return Uint8Array.from(bytes);
    if (this.#used + bytes.length > this.#block.length) {
      this.#block = new Uint8Array(BLOCK_BYTES);
      this.#used = 0;
    }
    const out = this.#block.subarray(this.#used, (this.#used += bytes.length));
    out.set(bytes);
    return out;
  }
}
