import { crc32 } from "node:zlib";
import { readU32be, writeU32be, type Bytes } from "#proto/bytes.js";
import type { Entry, Range, Write } from "#state/store/base.js";
import type { Db } from "./db.js";
import { StorageFault } from "./fault.js";
import { Scratch } from "./scratch.js";
import { recordName } from "./tables.js";

/** CRC-32 over key and value behind each value: a flipped byte, or a value below the wrong key, is found and named. */
const CHECKSUM_BYTES = 4;

export function seal(key: Bytes, value: Bytes, scratch: Scratch): Bytes {
  const end = key.length + value.length;
  const out = scratch.take(end + CHECKSUM_BYTES);
  out.set(key);
  out.set(value, key.length);
  writeU32be(out, end, crc32(out.subarray(0, end))); // In one call: the call costs more than the bytes.
  return out.subarray(key.length);
}

/** @throws StorageFault naming the record when the checksum does not fit. */
export function unseal(key: Bytes, stored: Bytes): Bytes {
  const length = stored.length - CHECKSUM_BYTES;
  if (length < 0) throw damaged(key, "is cut short");
  const value = stored.subarray(0, length);
  if (checksum(key, value) !== readU32be(stored, length)) throw damaged(key, "fails its checksum");
  return value;
}

const checksum = (key: Bytes, value: Bytes): number => crc32(value, crc32(key));

export function damaged(key: Bytes, what: string): StorageFault {
  return new StorageFault(
    "storage.corrupt_record",
    `database record ${recordName(key)} ${what}; restore this node from a snapshot or backup`,
  );
}

/** A database whose records carry checksums. */
export class Records {
  readonly db: Db;

  constructor(db: Db) {
    this.db = db;
  }

  get(key: Bytes): Bytes | undefined {
    const stored = this.db.get(key);
    return stored === undefined ? undefined : unseal(key, stored);
  }

  async getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
    const stored = await this.db.getMany(keys);
    return stored.map((value, i) => (value === undefined ? undefined : unseal(keys[i]!, value)));
  }

  *range(range: Range): Generator<Entry, void, undefined> {
    for (const [key, stored] of this.db.range(range)) yield [key, unseal(key, stored)];
  }

  async *iterate(range: Range): AsyncGenerator<Entry, void, undefined> {
    for await (const [key, stored] of this.db.iterate(range)) yield [key, unseal(key, stored)];
  }

  /** As the database does it: the bytes of a write need to last until the next one is asked for. */
  write(writes: Iterable<Write>, options: { readonly sync: boolean }): Promise<void> {
    return this.db.write(sealAll(writes), options);
  }
}

/** Several lists as one. */
export function* inTurn(parts: Iterable<Iterable<Write>>): Generator<Write, void, undefined> {
  for (const part of parts) yield* part;
}

function* sealAll(writes: Iterable<Write>): Generator<Write, void, undefined> {
  const scratch = new Scratch();
  for (const [key, value] of writes) yield [key, value === undefined ? undefined : seal(key, value, scratch)];
}
