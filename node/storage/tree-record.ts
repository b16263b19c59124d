import { assert } from "#proto/assert.js";
import { concat, readU32be, readU64be, u32be, u64be, type Bytes } from "#proto/bytes.js";
import type { BucketRoot } from "#state/tree/overlay.js";
import type { Kind } from "#state/tree/top.js";
import type { BucketChange } from "#state/tree/tree.js";

/** Bucket roots before a height changed them: id u32, kind u8, root 32 bytes, one after the other. */
const ROOT_BYTES = 37;

export function writeUndoRoots(changes: readonly BucketChange[]): Bytes {
  const out = new Uint8Array(changes.length * ROOT_BYTES);
  changes.forEach(({ id, rootBefore, kindBefore }, i) => {
    out.set(u32be(id), i * ROOT_BYTES);
    out[i * ROOT_BYTES + 4] = kindBefore;
    out.set(rootBefore, i * ROOT_BYTES + 5);
  });
  return out;
}

export function* readUndoRoots(stored: Bytes): Generator<readonly [id: number, root: BucketRoot], void, undefined> {
  for (let at = 0; at < stored.length; at += ROOT_BYTES) {
    yield [readU32be(stored, at), { kind: stored[at + 4] as Kind, root: stored.slice(at + 5, at + ROOT_BYTES) }];
  }
}

/** Leaves of buckets before a height changed them: id u32, length u32, entries, one after the other. */
export function writeUndoBuckets(changes: readonly BucketChange[]): Bytes {
  return concat(...changes.flatMap(({ id, before }) => [u32be(id), u32be(before.length), before]));
}

export function readUndoBucket(stored: Bytes, id: number): Bytes {
  for (let at = 0; at < stored.length;) {
    const length = readU32be(stored, at + 4);
    if (readU32be(stored, at) === id) return stored.subarray(at + 8, at + 8 + length);
    at += 8 + length;
  }
  assert(false, `no bucket ${id} in this undo record`);
}

/** First halves of the key hashes of leaves that went away, one after the other. */
export const LEAF_NAME_BYTES = 16;

/** The key of a leaf, and the height that removed it; 0 while it is there. */
export interface LeafKey {
  readonly removedAt: bigint;
  readonly key: Bytes;
}

export const writeLeafKey = ({ removedAt, key }: LeafKey): Bytes => concat(u64be(removedAt), key);
export const readLeafKey = (stored: Bytes): LeafKey => ({ removedAt: readU64be(stored), key: stored.subarray(8) });
