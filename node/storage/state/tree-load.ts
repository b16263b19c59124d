import { concat, readU64be, u64be, equalBytes, type Bytes } from "#proto/bytes.js";
import type { Write } from "#state/store/base.js";
import { Top, type Kind } from "#state/tree/top.js";
import { bucketsAt, setBuckets, SPLIT_LEVELS, storedBucket, topOver, type Bucket } from "./bucket-split.js";
import { damaged, type Records } from "../database/records.js";
import { byHeight, chunkKey, single } from "../database/tables.js";
import { readUndoRoots } from "./tree-record.js";

/** The head's data about the tree. */
export interface TreeHead {
  readonly height: bigint;
  readonly root: Bytes;
  readonly depth: number;
}

const CHUNK_BUCKETS = 4096;
const RECORD_BYTES = 33; // Hash and kind.
/** Past this many heights, reading all buckets is about as fast as repairing an old checkpoint. */
const REPAIR_HEIGHTS_MAX = 2000n;

/** The bucket roots as records: reading them back spares hashing the whole tree. */
export function checkpointRecords(top: Top, height: bigint): Write[] {
  const { hashes, kinds } = top.buckets();
  const out: Write[] = [[single("checkpoint"), u64be(height)]];
  for (let first = 0; first < kinds.length; first += CHUNK_BUCKETS) {
    const count = Math.min(CHUNK_BUCKETS, kinds.length - first);
    const chunk = new Uint8Array(count * RECORD_BYTES);
    chunk.set(hashes.subarray(first * 32, (first + count) * 32));
    chunk.set(kinds.subarray(first, first + count), count * 32);
    out.push([chunkKey(first / CHUNK_BUCKETS), chunk]);
  }
  return out;
}

/** The top of the tree at the head, from the checkpoint or else from all buckets. @throws StorageFault when neither has the root. */
export async function loadTop(records: Records, head: TreeHead): Promise<Top> {
  const quick = fromCheckpoint(records, head);
  if (quick !== undefined && equalBytes(quick.root, head.root)) return quick;
  const top = await fromBuckets(records, head.depth);
  if (equalBytes(top.root, head.root)) return top;
  throw damaged(single("head"), "has a state root that its state does not have");
}

function fromCheckpoint(records: Records, { height, depth }: TreeHead): Top | undefined {
  const stored = records.get(single("checkpoint"));
  if (stored === undefined) return undefined;
  const since = readU64be(stored);
  if (since > height || height - since > REPAIR_HEIGHTS_MAX) return undefined;
  const top = new Top(depth);
  const buckets = 2 ** depth;
  for (let first = 0; first < buckets; first += CHUNK_BUCKETS) {
    const count = Math.min(CHUNK_BUCKETS, buckets - first);
    const chunk = records.get(chunkKey(first / CHUNK_BUCKETS));
    if (chunk?.length !== count * RECORD_BYTES) return undefined;
    for (let i = 0; i < count; i++) {
      top.setBucket(first + i, chunk.subarray(i * 32, i * 32 + 32), chunk[count * 32 + i] as Kind);
    }
  }
  const changed = new Set<number>();
  for (let at = since + 1n; at <= height; at++) {
    const undo = records.get(byHeight("undoRoots", at));
    if (undo === undefined) return undefined;
    for (const [id] of readUndoRoots(undo)) if (id < buckets) changed.add(id);
  }
  setBuckets(
    top,
    [...changed].map((id) => ({ id, entries: storedBucket(records, depth, id) ?? new Uint8Array(0) })),
  );
  top.updateAll();
  return top;
}

/** The top over all buckets that are stored, whole or in parts. */
export const fromBuckets = (records: Records, depth: number): Promise<Top> =>
  topOver(depth, allBuckets(records, depth));

async function* allBuckets(records: Records, depth: number): AsyncGenerator<Bucket, void, undefined> {
  yield* bucketsAt(records, depth);
  let whole: { readonly id: number; readonly parts: Bytes[] } | undefined;
  for await (const { id: part, entries } of bucketsAt(records, depth + SPLIT_LEVELS)) {
    const id = part >>> SPLIT_LEVELS;
    if (whole?.id === id) whole.parts.push(entries);
    else {
      if (whole !== undefined) yield { id: whole.id, entries: concat(...whole.parts) };
      whole = { id, parts: [entries] };
    }
  }
  if (whole !== undefined) yield { id: whole.id, entries: concat(...whole.parts) };
}
