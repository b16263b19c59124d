import type { Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { leafHash } from "#proto/light/state-spec.js";
import { readFloors, readHead, type StoredHead } from "../head-record.js";
import { damaged, type Records } from "../database/records.js";
import { readBefore, readStored } from "../state/state-record.js";
import { historyKey, leafKeys, single, stateKey } from "../database/tables.js";
import { readLeafKey } from "../state/tree-record.js";
import { SnapshotFault } from "./fault.js";

const HEIGHT_MAX = 0xffff_ffff_ffff_ffffn;
/** Values that are looked up together: more would hold more memory, fewer would wait more often. */
const PAGE_ENTRIES = 128;

/** A key of the state, and its leaf of the tree. */
export interface StateLeaf {
  readonly keyHash: Bytes;
  readonly leaf: Bytes;
  readonly key: Bytes;
  readonly value: Bytes;
}

/**
 * The whole state after a height, in the order of key hashes, while the chain goes on: the names of leaves, which stay,
 * with values whose later changes are undone from history. It waits for no other work, and no other work waits for it.
 * @throws SnapshotFault for a height outside the proof window, or one that leaves it meanwhile; StorageFault for damage
 */
export async function* stateAfter(records: Records, height: bigint): AsyncGenerator<StateLeaf, void, undefined> {
  const head = storedHead(records).height;
  refuseOutside(records, height, head);
  for await (const keys of pages(records, height)) {
    const latest = await records.getMany(keys.map((key) => stateKey(key)));
    for (const [i, key] of keys.entries()) {
      const value = await valueAfter(records, key, latest[i], height);
      if (value === undefined) continue; // Came later.
      const keyHash = sha256(key);
      yield { keyHash, leaf: leafHash(keyHash, value), key, value };
    }
    refuseOutside(records, height, head); // What was read before this may have been pruned.
  }
}

/** Keys that the height may have. */
async function* pages(records: Records, height: bigint): AsyncGenerator<Bytes[], void, undefined> {
  let page: Bytes[] = [];
  for await (const [, stored] of records.iterate(leafKeys())) {
    const { key, removedAt } = readLeafKey(stored);
    if (removedAt !== 0n && removedAt <= height) continue;
    page.push(key);
    if (page.length < PAGE_ENTRIES) continue;
    yield page;
    page = [];
  }
  yield page;
}

/** Read after the latest value, history tells what a commit between the two replaced. */
async function valueAfter(
  records: Records,
  key: Bytes,
  latest: Bytes | undefined,
  height: bigint,
): Promise<Bytes | undefined> {
  if (latest !== undefined) {
    const { changed, value } = readStored(latest);
    if (changed <= height) return value;
  }
  const range = { from: historyKey(key, height + 1n), to: historyKey(key, HEIGHT_MAX), limit: 1 };
  for await (const [record, stored] of records.iterate(range)) {
    const { value, since } = readBefore(stored);
    if (since > height) throw damaged(record, `has lost the one before it, of height ${since}`);
    return value;
  }
  refuseOutside(records, height, HEIGHT_MAX); // Pruned meanwhile?
  throw damaged(stateKey(key), "has no history of its later changes");
}

export function storedHead(records: Records): StoredHead {
  const head = records.get(single("head"));
  if (head !== undefined) return readHead(head);
  throw new SnapshotFault("snapshot.height", "this home has no chain yet");
}

function refuseOutside(records: Records, height: bigint, head: bigint): void {
  const stored = records.get(single("floors"));
  const floors = stored === undefined ? undefined : readFloors(stored);
  const floor = floors === undefined ? 0n : floors.state > floors.proof ? floors.state : floors.proof;
  if (height >= floor && height <= head) return;
  throw new SnapshotFault(
    "snapshot.height",
    `a snapshot of height ${height + 1n} is not possible: possible are heights ${floor + 1n} to ${head}; a larger proof-window in app.toml extends them`,
  );
}
