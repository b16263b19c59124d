import { concat, readU32be, readU64be, u64be, writeU32be, type Bytes } from "#proto/bytes.js";
import { LEAF_NAME_BYTES } from "../database/tables.js";
import type { BucketRoot } from "#state/tree/overlay.js";
import type { Kind } from "#state/tree/top.js";
import type { TreeUpdate } from "#state/tree/tree.js";

/** Bucket roots before a height changed them: id u32, kind u8, root 32 bytes, one after the other. */
const ROOT_BYTES = 37;

export function writeUndoRoots({ buckets, rootsBefore }: Pick<TreeUpdate, "buckets" | "rootsBefore">): Bytes {
  const out = new Uint8Array(buckets.length * ROOT_BYTES);
  buckets.forEach(({ id, kindBefore }, i) => {
    writeU32be(out, i * ROOT_BYTES, id);
    out[i * ROOT_BYTES + 4] = kindBefore;
    out.set(rootsBefore.subarray(i * 32, i * 32 + 32), i * ROOT_BYTES + 5);
  });
  return out;
}

export function* readUndoRoots(stored: Bytes): Generator<readonly [id: number, root: BucketRoot], void, undefined> {
  for (let at = 0; at < stored.length; at += ROOT_BYTES) {
    yield [readU32be(stored, at), { kind: stored[at + 4] as Kind, root: stored.slice(at + 5, at + ROOT_BYTES) }];
  }
}

/** Names of leaves that went away, one after the other. */
export function writeLeafNames(keyHashes: readonly Bytes[]): Bytes {
  const out = new Uint8Array(keyHashes.length * LEAF_NAME_BYTES);
  keyHashes.forEach((keyHash, i) => out.set(keyHash.subarray(0, LEAF_NAME_BYTES), i * LEAF_NAME_BYTES));
  return out;
}

/** The key of a leaf, and the height that removed it; 0 while it is there. */
export interface LeafKey {
  readonly removedAt: bigint;
  readonly key: Bytes;
}

/** A leaf that a height removed; its name is needed only if the leaf was added again. */
export interface RemovedLeaf {
  readonly record: Bytes;
  readonly removedAt: bigint;
}

const THERE = 0;
const REMOVED = 1;

/** `00 | key`, or `01 | height u64 | key`. */
export const writeLeafKey = ({ removedAt, key }: LeafKey): Bytes =>
  removedAt === 0n ? concat(Uint8Array.of(THERE), key) : concat(Uint8Array.of(REMOVED), u64be(removedAt), key);
export const readLeafKey = (stored: Bytes): LeafKey =>
  stored[0] === THERE
    ? { removedAt: 0n, key: stored.subarray(1) }
    : { removedAt: readU64be(stored, 1), key: stored.subarray(9) };
