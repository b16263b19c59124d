import { u64be, readU32be, utf8, type Bytes } from "#proto/bytes.js";
import { tagged } from "#proto/crypto/hash.js";

/**
 * Numbers and bytes that follow from a text: SHA-256 in counter mode. The demo draws everything from one seed, so that the
 * same seed tells the same story; nothing that must stay secret may come from here.
 */
export class SeededRandom {
  readonly #key: Bytes;
  #counter = 0n;
  #block: Bytes = new Uint8Array(0);
  #at = 0;

  constructor(seed: string) {
    this.#key = tagged("tributary/demo", utf8(seed));
  }

  /** A stream of its own: what one part draws does not move what another draws. */
  static of(seed: string, ...path: readonly (string | number | bigint)[]): SeededRandom {
    return new SeededRandom([seed, ...path].join("/"));
  }

  bytes(count: number): Bytes {
    const out = new Uint8Array(count);
    for (let i = 0; i < count; i++) out[i] = this.#byte();
    return out;
  }

  /** Uniform in 0..bound-1, without the bias of a remainder. @param bound 1 to 2^32 */
  below(bound: number): number {
    const range = 2 ** 32;
    const limit = range - (range % bound);
    for (;;) {
      const value = readU32be(this.bytes(4));
      if (value < limit) return value % bound;
    }
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)]!;
  }

  #byte(): number {
    if (this.#at === this.#block.length) {
      this.#block = tagged("tributary/demo/block", this.#key, u64be(this.#counter++));
      this.#at = 0;
    }
    return this.#block[this.#at++]!;
  }
}
