import { compareBytes, type Bytes } from "#proto/bytes.js";
import type { Entry } from "#state/store/base.js";
import { readFloors, readHead, type StoredHead } from "../head-record.js";
import { damaged, type Records } from "../records.js";
import { readBefore, readStored, stateRange } from "../state-record.js";
import { byHeight, historyKey, leafKeyKey, single, stateKey } from "../tables.js";
import { LEAF_NAME_BYTES, readLeafKey } from "../tree-record.js";
import { SnapshotFault } from "./fault.js";

const HEIGHT_MAX = 0xffff_ffff_ffff_ffffn;
/** A commit may fall between two looks at the head; a chain that commits all the time leaves room between two of them. */
const TRIES_MAX = 100;

/**
 * The whole state after a height, in key order, while the chain goes on: one moment of the database, in which what
 * changed later is replaced by its history. Waits for nobody, and nobody waits for it.
 * @throws SnapshotFault for a height outside the proof window, or one that leaves it meanwhile; StorageFault for damage
 */
export async function* stateAfter(records: Records, height: bigint): AsyncGenerator<Entry, void, undefined> {
  const { head, entries, first } = await oneMoment(records);
  try {
    refuseOutside(records, height, head.height);
    const gone = removedAfter(records, height, head.height);
    let next = 0;
    for (let at = first; at.done !== true; at = await entries.next()) {
      const [record, stored] = at.value;
      const key = record.subarray(1);
      while (next < gone.length && compareBytes(gone[next]!, key) < 0) yield* was(records, gone[next++]!, height);
      if (next < gone.length && compareBytes(gone[next]!, key) === 0) next++; // Removed and come back since.
      const { changed, value } = readStored(stored);
      if (changed <= height) yield [key, value];
      else yield* was(records, key, height);
    }
    while (next < gone.length) yield* was(records, gone[next++]!, height);
  } finally {
    await entries.return();
  }
}

/** An iterator over the latest values, and the head that it shows: the database only moves forward. */
async function oneMoment(records: Records): Promise<{
  head: StoredHead;
  entries: AsyncGenerator<Entry, void, undefined>;
  first: IteratorResult<Entry, void>;
}> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const head = storedHead(records);
    const entries = records.iterate(stateRange({}));
    const first = await entries.next();
    if (storedHead(records).height === head.height) return { head, entries, first };
    await entries.return();
  }
  throw new SnapshotFault("snapshot.height", "the chain commits faster than a snapshot can begin; try again later");
}

export function storedHead(records: Records): StoredHead {
  const head = records.get(single("head"));
  if (head !== undefined) return readHead(head);
  throw new SnapshotFault("snapshot.height", "this home holds no chain yet");
}

function refuseOutside(records: Records, height: bigint, head: bigint): void {
  const stored = records.get(single("floors"));
  const floors = stored === undefined ? undefined : readFloors(stored);
  const floor = floors === undefined ? 0n : floors.state > floors.proof ? floors.state : floors.proof;
  if (height >= floor && height <= head) return;
  throw new SnapshotFault(
    "snapshot.height",
    `a snapshot of height ${height + 1n} is not possible: heights ${floor + 1n} to ${head} are; app.toml proof-window widens it`,
  );
}

/** Keys that some later height removed, sorted: the latest state no longer shows them. */
function removedAfter(records: Records, height: bigint, head: bigint): Bytes[] {
  const keys: Bytes[] = [];
  for (let at = height + 1n; at <= head; at++) {
    const removed = records.get(byHeight("undoKeys", at)) ?? new Uint8Array(0);
    for (let i = 0; i < removed.length; i += LEAF_NAME_BYTES) {
      const record = leafKeyKey(removed.subarray(i, i + LEAF_NAME_BYTES));
      const name = records.get(record);
      if (name === undefined) throw damaged(record, "is missing");
      keys.push(readLeafKey(name).key);
    }
  }
  keys.sort(compareBytes);
  return keys.filter((key, i) => i === 0 || compareBytes(key, keys[i - 1]!) !== 0);
}

/** The value after `height` of a key that changed later: what its first later change replaced. */
async function* was(records: Records, key: Bytes, height: bigint): AsyncGenerator<Entry, void, undefined> {
  const range = { from: historyKey(key, height + 1n), to: historyKey(key, HEIGHT_MAX), limit: 1 };
  for await (const [record, stored] of records.iterate(range)) {
    const { value, since } = readBefore(stored);
    if (since > height) throw damaged(record, `has lost the one before it, of height ${since}`);
    if (value !== undefined) yield [key, value];
    return;
  }
  refuseOutside(records, height, HEIGHT_MAX); // Pruned meanwhile?
  throw damaged(stateKey(key), "has no history of its later changes");
}
