import { crc32 } from "node:zlib";
import { writeU32be, type Bytes } from "#proto/bytes.js";
import type { Write } from "#state/store/base.js";

/** CRC-32 over key and value behind each value: a flipped byte, or a value below the wrong key, is found and named. */
export const CHECKSUM_BYTES = 4;

/**
 * Makes one record after the other in the same piece of memory: key, value and checksum, each where it stays. A record
 * lasts until the next one is begun: tens of thousands in a commit would be most of what the engine has to collect.
 */
export class RecordMaker {
  #bytes: Bytes = new Uint8Array(4096);
  #key: Bytes = this.#bytes;
  #value: Bytes = this.#bytes;

  /** Begins a record. @returns room for its key */
  key(length: number): Bytes {
    if (length > this.#bytes.length) this.#bytes = new Uint8Array(2 * length);
    return (this.#key = this.#bytes.subarray(0, length));
  }

  /** Room for the value, and behind it for the checksum. */
  value(length: number): Bytes {
    const from = this.#key.length;
    const end = from + length + CHECKSUM_BYTES;
    if (end > this.#bytes.length) {
      const bytes = new Uint8Array(2 * end);
      bytes.set(this.#key);
      this.#bytes = bytes;
      this.#key = bytes.subarray(0, from);
    }
    return (this.#value = this.#bytes.subarray(from, end));
  }

  /** The record as the database takes it. */
  sealed(): Write {
    const end = this.#key.length + this.#value.length - CHECKSUM_BYTES;
    writeU32be(this.#bytes, end, crc32(this.#bytes.subarray(0, end))); // In one call: the call costs more than the bytes.
    return [this.#key, this.#value];
  }

  /** A record whose parts lie elsewhere. */
  of(key: Bytes, value: Bytes): Write {
    this.key(key.length).set(key);
    this.value(value.length).set(value);
    return this.sealed();
  }
}

/** Makes the records of one kind, while the database takes them; a deletion is a key alone. */
export type Making = (maker: RecordMaker) => Iterable<Write>;

/** Records that are there already. */
export const given = (writes: Iterable<Write>): Making =>
  function* (maker) {
    for (const [key, value] of writes) yield value === undefined ? [key, value] : maker.of(key, value);
  };
