import { compareBytes, concat, equalBytes, toHex, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { leafHash } from "#proto/light/state-spec.js";
import { subtreeRoots, wholeOf } from "#state/tree/subtree.js";
import { bucketOf, kindOf, Top } from "#state/tree/top.js";
import type { Db } from "./database/db.js";
import { StorageFault } from "./fault.js";
import { readHead, type StoredHead } from "./head-record.js";
import { storedBucket } from "./state/bucket-split.js";
import { Records, unseal } from "./database/records.js";
import { readStored, stateRange } from "./state/state-record.js";
import { bucketKey, recordName, single } from "./database/tables.js";

/** Keys whose leaves are held at once: 200 bytes each. A larger state is read several times. */
const KEYS_A_PASS = 1_000_000;
/** Findings that are spelled out: a disk that lost a block names thousands. */
const NAMED_MAX = 20;

export interface RecordsRead {
  readonly records: number;
  /** Names of records that fail their checksum, the first ones. */
  readonly damaged: readonly string[];
  readonly damagedCount: number;
}

/** Reads every record of the database. @throws StorageFault when the database's own files are damaged */
export async function readAllRecords(db: Db): Promise<RecordsRead> {
  const damaged: string[] = [];
  let [records, damagedCount] = [0, 0];
  for await (const [key, stored] of db.iterate({})) {
    records++;
    try {
      unseal(key, stored);
    } catch (error) {
      if (!(error instanceof StorageFault)) throw error;
      if (damagedCount++ < NAMED_MAX) damaged.push(recordName(key));
    }
  }
  return { records, damaged, damagedCount };
}

export interface TreeCompared {
  readonly keys: number;
  /** Root of the flat values. */
  readonly root: Bytes;
  /** Root that the head says. */
  readonly headRoot: Bytes;
  /** Buckets of the tree that are not what the values say, by record name, the first ones. */
  readonly buckets: readonly string[];
}

/** Computes the tree anew from the flat values alone, and compares it with the stored one. @throws StorageFault */
export async function compareTree(db: Db): Promise<TreeCompared | undefined> {
  const records = new Records(db);
  const stored = records.get(single("head"));
  if (stored === undefined) return undefined;
  const head = readHead(stored);
  const top = new Top(head.depth);
  const passes = Math.max(1, Math.ceil(head.leaves / KEYS_A_PASS));
  const span = Math.ceil(2 ** head.depth / passes);
  const buckets: string[] = [];
  let keys = 0;
  for (let from = 0; from < 2 ** head.depth; from += span) {
    const to = Math.min(from + span, 2 ** head.depth);
    const leaves = await leavesOf(records, head, from, to);
    keys += [...leaves.values()].reduce((sum, list) => sum + list.length, 0);
    for (let id = from; id < to; id++) {
      const entries = concat(...(leaves.get(id) ?? []).sort(compareBytes));
      const record = bucketKey(head.depth, id);
      if (
        !equalBytes(storedBucket(records, head.depth, id) ?? new Uint8Array(0), entries) &&
        buckets.length < NAMED_MAX
      ) {
        buckets.push(recordName(record));
      }
      top.setBucket(id, subtreeRoots([wholeOf(entries, head.depth)]), kindOf(entries.length / 64));
    }
  }
  top.updateAll();
  return { keys, root: top.root, headRoot: head.root, buckets };
}

/** Leaves of the buckets `[from, to)` as the values say. */
async function leavesOf(records: Records, { depth }: StoredHead, from: number, to: number) {
  const leaves = new Map<number, Bytes[]>();
  for await (const [record, stored] of records.iterate(stateRange({}))) {
    const keyHash = sha256(record.subarray(1));
    const id = bucketOf(keyHash, depth);
    if (id < from || id >= to) continue;
    const leaf = concat(keyHash, leafHash(keyHash, readStored(stored).value));
    const list = leaves.get(id);
    if (list === undefined) leaves.set(id, [leaf]);
    else list.push(leaf);
  }
  return leaves;
}

/** In words; undefined when tree and values agree. */
export function treeProblem({ root, headRoot, buckets }: TreeCompared): string | undefined {
  if (!equalBytes(root, headRoot)) {
    return `the values have root ${toHex(root)}, the head says ${toHex(headRoot)}; buckets that differ: ${buckets.join(", ") || "none"}`;
  }
  return buckets.length === 0 ? undefined : `buckets that are not what the values say: ${buckets.join(", ")}`;
}
