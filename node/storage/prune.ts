import { readU64be, type Bytes } from "#proto/bytes.js";
import { prefixEnd, type Write } from "#state/store/base.js";
import { bytesKey } from "#state/store/key-codec.js";
import { readInfo, type Floors } from "./head-record.js";
import type { Db } from "./database/db.js";
import type { Records } from "./database/records.js";
import { byHash, byHeight, LEAF_NAME_BYTES, leafKeyKey, TABLE } from "./database/tables.js";
import type { RemovedLeaf } from "./state/tree-record.js";

/** Deletions that are written together: small, so that a commit never waits long behind them. */
const WRITE_ENTRIES = 500;
/** History is swept as a whole, so only once this share of its window has gone stale. */
const SWEEP_SHARE = 10n;
const HISTORY = { from: Uint8Array.of(TABLE.history), to: prefixEnd(Uint8Array.of(TABLE.history)) };

export interface Swept extends Pick<Floors, "stateSwept" | "proofSwept" | "blockSwept"> {
  /** Names of leaves to forget. The next commit does it: only that one knows that they do not come back with it. */
  readonly leafKeys: readonly RemovedLeaf[];
  /** Where so much was deleted that its disk space is worth asking for. */
  readonly emptied: readonly Span[];
}

type Span = Parameters<Db["compact"]>[0];

/** Deletes everything below the floors and returns how far it came. The floors were written before, so deleted data is not read. */
export async function sweep(records: Records, floors: Floors, stateHeights: bigint): Promise<Swept> {
  const deletions = new Deletions(records);
  const leafKeys: RemovedLeaf[] = [];
  for (let height = floors.blockSwept; height < floors.block; height++) {
    const info = records.get(byHeight("heightInfo", height));
    await deletions.add(byHeight("block", height), byHeight("certificate", height), byHeight("results", height));
    if (info !== undefined) await deletions.add(byHash(readInfo(info).blockHash));
  }
  for (let height = floors.proofSwept; height < floors.proof; height++) {
    for (const leaf of leafKeysRemovedAt(records, height)) leafKeys.push(leaf);
    await deletions.add(byHeight("undoRoots", height), byHeight("undoKeys", height));
  }
  const sweepState = floors.state - floors.stateSwept > stateHeights / SWEEP_SHARE;
  if (sweepState) {
    for await (const [key] of records.iterate(HISTORY)) {
      if (readU64be(key, bytesKey.decode(key, 1).next) <= floors.state) await deletions.add(key);
    }
  }
  await deletions.flush();
  return {
    leafKeys,
    emptied: sweepState ? emptied(floors) : [],
    blockSwept: floors.block,
    proofSwept: floors.proof,
    stateSwept: sweepState ? floors.state : floors.stateSwept,
  };
}

function emptied({ block, proof }: Floors): Span[] {
  const below = (name: Parameters<typeof byHeight>[0], height: bigint): Span => ({
    from: byHeight(name, 0n),
    to: byHeight(name, height),
  });
  const blocks = (["block", "certificate", "results"] as const).map((name) => below(name, block));
  return [HISTORY, ...(["undoRoots", "undoKeys"] as const).map((name) => below(name, proof)), ...blocks];
}

function leafKeysRemovedAt(records: Records, height: bigint): RemovedLeaf[] {
  const removed = records.get(byHeight("undoKeys", height));
  const out: RemovedLeaf[] = [];
  for (let at = 0; removed !== undefined && at < removed.length; at += LEAF_NAME_BYTES) {
    out.push({ record: leafKeyKey(removed.subarray(at, at + LEAF_NAME_BYTES)), removedAt: height });
  }
  return out;
}

class Deletions {
  readonly #records: Records;
  #pending: Write[] = [];

  constructor(records: Records) {
    this.#records = records;
  }

  async add(...keys: readonly Bytes[]): Promise<void> {
    for (const key of keys) this.#pending.push([key, undefined]);
    if (this.#pending.length >= WRITE_ENTRIES) await this.flush();
  }

  async flush(): Promise<void> {
    const writes = this.#pending;
    this.#pending = [];
    if (writes.length > 0) await this.#records.write(writes, { sync: false });
  }
}
