import { assert, present } from "#proto/assert.js";
import { concat, readU64be, u64be, type Bytes } from "#proto/bytes.js";
import { headerHashOf, type HeaderHash } from "#proto/types/block-id.js";
import type { Base, Write } from "#state/store/base.js";
import { prove } from "#state/tree/prove.js";
import { Top } from "#state/tree/top.js";
import { BlockTable, within } from "./block-table.js";
import { BucketSplit } from "./state/bucket-split.js";
import type { Db } from "./database/db.js";
import { StorageFault } from "./fault.js";
import {
  noFloors,
  readFloors,
  readHead,
  writeFloors,
  writeHead,
  writeInfo,
  type Floors,
  type StoredHead,
} from "./head-record.js";
import { sweep } from "./prune.js";
import { given } from "./database/record-maker.js";
import { Records } from "./database/records.js";
import { StateHistory } from "./state/state-history.js";
import { StateTable } from "./state/state-table.js";
import { byHash, byHeight, single } from "./database/tables.js";
import { loadTop } from "./state/tree-load.js";
import { depthFor, TreeStore } from "./state/tree-store.js";
import type { ChainStore, Commit, Genesis, Head, Retention, StateProof } from "./types.js";

export const RETENTION_DEFAULT: Retention = { stateHeights: 100_000n, proofHeights: 1_000n, blockHeights: 0n };
/** After a crash the bucket roots of at most this many heights are repaired, instead of reading all buckets. */
const CHECKPOINT_HEIGHTS = 500n;
const NO_BLOCK = headerHashOf(new Uint8Array(32));

/** Opens what a database holds. Continues at the last height that was written whole. @throws StorageFault for damage. */
export async function openChainStore(db: Db, retention: Retention = RETENTION_DEFAULT): Promise<ChainStore> {
  const records = new Records(db);
  if (records.get(single("restore")) !== undefined) {
    throw new StorageFault(
      "storage.restoring",
      "a restore from a snapshot was interrupted here: run the same tribd snapshots restore again",
    );
  }
  return openWhole(records, retention);
}

/** Without asking whether a restore is under way: for the restore itself. */
export async function openWhole(records: Records, retention: Retention = RETENTION_DEFAULT): Promise<ChainStore> {
  const stored = records.get(single("head"));
  if (stored === undefined) return new Store(records, retention, undefined, undefined);
  const head = readHead(stored);
  const top = await loadTop(records, head);
  const split = await BucketSplit.reopen(records, head.depth);
  return new Store(records, retention, head, new TreeStore(records, top, head.leaves, { split }));
}

class Store extends BlockTable implements ChainStore {
  readonly #retention: Retention;
  readonly #state: StateTable;
  #tree: TreeStore | undefined;
  #head: StoredHead | undefined;
  #floors: Floors;
  #initialHeight = 1n;
  /** Height of the last commit that may have reached the database. */
  #started: bigint;
  #splitAt: bigint;
  #broken: StorageFault | undefined;
  #pruning: Promise<void> | undefined;
  #checkpoint: bigint;

  constructor(records: Records, retention: Retention, head: StoredHead | undefined, tree: TreeStore | undefined) {
    super(records);
    this.#retention = retention;
    this.#head = head;
    this.#tree = tree;
    this.#started = head?.height ?? 0n;
    this.#state = new StateTable(
      records,
      (keyHash, value) => this.#agrees(keyHash, value),
      () => this.#before(),
    );
    this.#splitAt = head?.splitAt ?? 0n;
    this.#checkpoint = head?.height ?? 0n;
    const genesis = records.get(single("genesis"));
    if (genesis !== undefined) this.#initialHeight = readU64be(genesis);
    const floors = records.get(single("floors"));
    this.#floors = floors === undefined ? noFloors(this.#initialHeight) : readFloors(floors);
  }

  get head(): StoredHead | undefined {
    return this.#head;
  }

  get latest(): Base {
    return this.#state.latest;
  }

  get initialHeight(): bigint {
    return this.#initialHeight;
  }

  protected get floors(): Floors {
    return this.#floors;
  }

  async commitGenesis({ document, initialHeight, writes }: Genesis): Promise<Head> {
    assert(this.#head === undefined && this.#tree === undefined, "this chain has its genesis already");
    assert(initialHeight >= 1n, "the first block has height 1 or more");
    const height = initialHeight - 1n;
    this.#tree = new TreeStore(this.records, new Top(depthFor(writes.length)), 0);
    this.#initialHeight = initialHeight;
    this.#floors = noFloors(initialHeight);
    return this.#write(height, NO_BLOCK, writes, [[single("genesis"), concat(u64be(initialHeight), document)]]);
  }

  async commitHeight({ height, blockHash, block, certificate, results, writes }: Commit): Promise<Head> {
    const head = present(this.#head, "a height is committed before genesis");
    assert(height === head.height + 1n, `height ${height} does not follow ${head.height}`);
    return this.#write(height, blockHash, writes, [
      [byHeight("block", height), block],
      [byHeight("certificate", height), certificate],
      [byHeight("results", height), results],
      [byHash(blockHash), u64be(height)],
    ]);
  }

  /** Everything of one height in one synced batch: a crash leaves all of it or nothing. */
  async #write(height: bigint, blockHash: HeaderHash, writes: readonly Write[], records: Write[]): Promise<Head> {
    if (this.#broken !== undefined) throw this.#broken;
    assert(this.#started === (this.#head?.height ?? 0n), "a commit begins before the last one ended");
    const tree = this.#tree!;
    const changes = this.#state.changes(writes, height, this.#head !== undefined);
    const { root, records: treeRecords, deepened } = tree.apply(changes.writes, height, changes.keyHashes);
    if (deepened) this.#splitAt = height;
    const head = { height, root, blockHash, depth: tree.depth, leaves: tree.leaves, splitAt: this.#splitAt };
    const pointers: Write[] = [
      [byHeight("heightInfo", height), writeInfo(head)],
      [single("head"), writeHead(head)],
    ];
    const all = [given(records), changes.records, ...treeRecords, given(pointers)];
    this.#started = height;
    try {
      const written = this.records.writeMade(all, { sync: true });
      this.#state.adopt(changes, height); // While the disk works.
      await written;
    } catch (cause) {
      // What reached the disk is unknown now: only a restart can tell.
      this.#broken = new StorageFault(
        "storage.write",
        `height ${height} could not be written; restart the node`,
        cause,
      );
      throw this.#broken;
    }
    this.#head = head;
    return head;
  }

  viewAt(height: bigint): Base {
    this.#within(height, this.#floors.state);
    const started = (): bigint => {
      this.#within(height, this.#floors.state); // A view that somebody holds on to may have been pruned meanwhile.
      return this.#started;
    };
    return new StateHistory(this.records, (key) => this.#state.stored(key), height, started);
  }

  prove(key: Bytes, height: bigint): StateProof {
    this.#within(height, this.#floors.proof > this.#splitAt ? this.#floors.proof : this.#splitAt);
    const values = this.viewAt(height);
    const source = this.#tree!.source(height, this.#started, values);
    const proof = prove(source, key);
    return { height, root: source.top.hash(1).slice(), value: values.get(key), proof };
  }

  async prune(blocksBelow?: bigint): Promise<void> {
    // One at a time; who asks meanwhile waits for the one that runs.
    this.#pruning ??= this.#prune(blocksBelow).finally(() => (this.#pruning = undefined));
    await this.#pruning;
  }

  async close(): Promise<void> {
    await this.#pruning;
    if (this.#broken === undefined && this.#tree !== undefined && this.#head !== undefined) {
      await this.records.write(this.#tree.checkpoint(this.#head.height), { sync: true });
    }
    await this.records.db.close();
  }

  async #prune(blocksBelow: bigint | undefined): Promise<void> {
    if (this.#head === undefined || this.#broken !== undefined) return;
    const { stateHeights, proofHeights, blockHeights } = this.#retention;
    const floor = (now: bigint, kept: bigint): bigint => (this.height - kept > now ? this.height - kept : now);
    const old = this.#floors;
    const state = floor(old.state, stateHeights);
    const proof = floor(old.proof, proofHeights < stateHeights ? proofHeights : stateHeights);
    const block = blockHeights === 0n ? old.block : floor(old.block, blockHeights - 1n);
    const bounded = blocksBelow !== undefined && block > blocksBelow ? blocksBelow : block;
    this.#floors = { ...old, state, proof, block: bounded > old.block ? bounded : old.block };
    await this.#writeFloors();
    if (this.#started - this.#checkpoint >= CHECKPOINT_HEIGHTS && this.#tree !== undefined) {
      this.#checkpoint = this.#started; // Of a commit under way, too: if that one is lost, so is the use of this.
      await this.records.write(this.#tree.checkpoint(this.#started), { sync: false });
    }
    const { leafKeys, emptied, ...swept } = await sweep(this.records, this.#floors, stateHeights);
    this.#tree?.forget(leafKeys);
    this.#floors = { ...this.#floors, ...swept };
    await this.#writeFloors();
    for (const span of emptied) await this.records.db.compact(span);
  }

  #writeFloors(): Promise<void> {
    return this.records.write([[single("floors"), writeFloors(this.#floors)]], { sync: false });
  }

  #before(): Base | undefined {
    const { head } = this;
    return head === undefined || this.#started === head.height ? undefined : this.viewAt(head.height);
  }

  /** During a commit the tree is ahead of the database, and nothing can be said. */
  #agrees(keyHash: Bytes, value: Bytes | undefined): boolean {
    return this.#tree === undefined || this.#started !== this.#head?.height || this.#tree.matches(keyHash, value);
  }

  #within(height: bigint, floor: bigint): void {
    within(height, floor, this.height);
  }
}
