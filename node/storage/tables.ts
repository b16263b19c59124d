import { concat, u32be, u64be, type Bytes } from "#proto/bytes.js";
import { bytesKey } from "#state/store/key-codec.js";

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
  leafKey: 0x31, //           31 | key hash (16 bytes) the key of a leaf
  undoRoots: 0x32, //         32 | height              roots of the changed buckets before that height
  undoBuckets: 0x33, //       33 | height              their leaves
  undoKeys: 0x34, //          34 | height              leaves that went away
  checkpoint: 0x35, //        35                       height of the stored bucket roots
  checkpointChunk: 0x36, //   36 | chunk               bucket roots
} as const;
export type TableName = keyof typeof TABLE;

const tag = (name: TableName): Bytes => Uint8Array.of(TABLE[name]);

export const single = (name: "head" | "genesis" | "floors" | "restore" | "checkpoint"): Bytes => tag(name);

export const byHeight = (
  name: "block" | "certificate" | "results" | "heightInfo" | "undoRoots" | "undoBuckets" | "undoKeys",
  height: bigint,
): Bytes => concat(tag(name), u64be(height));

export const byHash = (hash: Bytes): Bytes => concat(tag("heightOfHash"), hash);

export const stateKey = (key: Bytes): Bytes => concat(tag("state"), key);

/** Sorts by state key, then by height. */
export const historyKey = (key: Bytes, height: bigint): Bytes =>
  concat(tag("history"), bytesKey.encode(key), u64be(height));

export const bucketKey = (depth: number, id: number): Bytes => concat(tag("bucket"), Uint8Array.of(depth), u32be(id));

/** 128 bits of the hash: nobody finds two keys that share them. */
export const leafKeyKey = (keyHash: Bytes): Bytes => concat(tag("leafKey"), keyHash.subarray(0, 16));

export const chunkKey = (chunk: number): Bytes => concat(tag("checkpointChunk"), u32be(chunk));

const names = new Map<number, string>(Object.entries(TABLE).map(([name, number]) => [number, name]));

/** For messages: which record a database key is. */
export function recordName(key: Bytes): string {
  return `${names.get(key[0] ?? 0) ?? "unknown"} ${Buffer.from(key.subarray(1)).toString("hex")}`.trimEnd();
}
