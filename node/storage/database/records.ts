import { crc32 } from "node:zlib";
import { readU32be, type Bytes } from "#proto/bytes.js";
import type { Entry, Range, Write } from "#state/store/base.js";
import type { Db } from "./db.js";
import { StorageFault } from "../fault.js";
import { CHECKSUM_BYTES, given, RecordMaker, type Making } from "./record-maker.js";
import { recordName } from "./tables.js";

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

  write(writes: Iterable<Write>, options: { readonly sync: boolean }): Promise<void> {
    return this.writeMade([given(writes)], options);
  }

  /** Records of several kinds, one kind after the other. */
  writeMade(kinds: Iterable<Making>, options: { readonly sync: boolean }): Promise<void> {
    return this.db.write(madeInTurn(kinds), options);
  }
}

function* madeInTurn(kinds: Iterable<Making>): Generator<Write, void, undefined> {
  const maker = new RecordMaker();
  for (const making of kinds) yield* making(maker);
}
