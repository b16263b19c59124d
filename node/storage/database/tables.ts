import { concat, u32be, writeU32be, writeU64be, type Bytes } from "#proto/bytes.js";
import { hashBytes, type HeaderHash } from "#proto/types/block-id.js";
import { prefixEnd, type Range } from "#state/store/base.js";
import { bytesKeyLength, writeBytesKey } from "#state/store/key-codec.js";

/** Every table of the database. A number is permanent: never renumbered, never reused. */
export const TABLE = {
  head: 0x01, //              01                       where the chain stands
  genesis: 0x02, //           02                       initial height, document
  floors: 0x03, //            03                       the lowest heights that still answer
  restore: 0x04, //           04                       a restore that has begun: the chain is not whole
  block: 0x10, //             10 | height
  certificate: 0x11, //       11 | height
  results: 0x12, //           12 | height
  heightInfo: 0x13, //        13 | height              block hash, state root
  heightOfHash: 0x14, //      14 | block hash          height
  state: 0x20, //             20 | state key           height of last change, value
  history: 0x21, //           21 | state key | height  what the key was before that height changed it
  bucket: 0x30, //            30 | depth | bucket      leaves of the tree
  leafKey: 0x31, //           31 | key hash (20 bytes) the key of a leaf
  undoRoots: 0x32, //         32 | height              roots of the changed buckets before that height
  undoKeys: 0x34, //          34 | height              leaves that went away
  checkpoint: 0x35, //        35                       height of the stored bucket roots
  checkpointChunk: 0x36, //   36 | chunk               bucket roots
} as const;
export type TableName = keyof typeof TABLE;

const tag = (name: TableName): Bytes => Uint8Array.of(TABLE[name]);

/** Gives the bytes in which a key is written. */
export interface KeyAllocator {
  key(length: number): Bytes;
}

/**
 * Part of a pool, as Buffers are. The engine would move a small array of its own out of its heap when the database asks for
 * it, which costs as much as the database does.
 */
const POOL: KeyAllocator = { key: (length) => Buffer.allocUnsafe(length) };

function keyOf(name: TableName, length: number, allocator = POOL): Bytes {
  const out = allocator.key(1 + length);
  out[0] = TABLE[name];
  return out;
}

export const single = (name: "head" | "genesis" | "floors" | "restore" | "checkpoint"): Bytes => tag(name);

export function byHeight(
  name: "block" | "certificate" | "results" | "heightInfo" | "undoRoots" | "undoKeys",
  height: bigint,
): Bytes {
  const out = keyOf(name, 8);
  writeU64be(out, 1, height);
  return out;
}

export const byHash = (hash: HeaderHash): Bytes => concat(tag("heightOfHash"), hashBytes(hash));

export function stateKey(key: Bytes, allocator?: KeyAllocator): Bytes {
  const out = keyOf("state", key.length, allocator);
  out.set(key, 1);
  return out;
}

/** Sorts by state key, then by height. */
export function historyKey(key: Bytes, height: bigint, allocator?: KeyAllocator): Bytes {
  const out = keyOf("history", bytesKeyLength(key) + 8, allocator);
  writeU64be(out, writeBytesKey(key, out, 1), height);
  return out;
}

export function bucketKey(depth: number, id: number, allocator?: KeyAllocator): Bytes {
  const out = keyOf("bucket", 5, allocator);
  out[1] = depth;
  writeU32be(out, 2, id);
  return out;
}

/** Of all buckets of a depth. */
export const bucketPrefix = (depth: number): Bytes => Uint8Array.of(TABLE.bucket, depth);

/** Of the hash of a leaf's key: two keys that share so much of it cost 2^80 hashes. */
export const LEAF_NAME_BYTES = 20;

export function leafKeyKey(keyHash: Bytes): Bytes {
  const out = keyOf("leafKey", LEAF_NAME_BYTES);
  out.set(keyHash.subarray(0, LEAF_NAME_BYTES), 1);
  return out;
}

/** Names of the leaves of one bucket, also of those that went away and may still be proven. */
export function leafKeyRange(bucket: number, depth: number): Range {
  const first = (at: number): Bytes => concat(tag("leafKey"), u32be(at * 2 ** (32 - depth)));
  const to = bucket + 1 < 2 ** depth ? first(bucket + 1) : prefixEnd(tag("leafKey"));
  return { from: first(bucket), to };
}

/** Names of all leaves, in the order of their key hashes. */
export const leafKeys = (): Range => ({ from: tag("leafKey"), to: prefixEnd(tag("leafKey")) });

export const chunkKey = (chunk: number): Bytes => concat(tag("checkpointChunk"), u32be(chunk));

const names = new Map<number, string>(Object.entries(TABLE).map(([name, number]) => [number, name]));

/** For messages: which record a database key is. */
export function recordName(key: Bytes): string {
  return `${names.get(key[0] ?? 0) ?? "unknown"} ${Buffer.from(key.subarray(1)).toString("hex")}`.trimEnd();
}
