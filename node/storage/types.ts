import type { Bytes } from "#proto/bytes.js";
import type { HeaderHash } from "#proto/types/block-id.js";
import type { Base, Write } from "#state/store/base.js";

/** Where the chain stands on this disk. */
export interface Head {
  /** Last committed height; the initial height minus one after genesis. */
  readonly height: bigint;
  /** State root after that height. Header height + 1 carries it. */
  readonly root: Bytes;
  /** Hash of the block at that height; 32 zero bytes after genesis. */
  readonly blockHash: HeaderHash;
}

/** One decided height, all of which is written at once or not at all. The store reads none of the three byte strings. */
export interface Commit {
  /** Exactly the head's height plus one. */
  readonly height: bigint;
  /** For look-ups by hash; blocks are kept by height. */
  readonly blockHash: HeaderHash;
  readonly block: Bytes;
  readonly certificate: Bytes;
  /** Results with their events. */
  readonly results: Bytes;
  /** Changes by the block's execution: `View.writes()` of a view over `latest`. */
  readonly writes: readonly Write[];
}

export interface Genesis {
  readonly document: Bytes;
  /** Height of the first block, at least 1. */
  readonly initialHeight: bigint;
  readonly writes: readonly Write[];
}

/** How much is kept. Blocks and states have windows of their own. */
export interface Retention {
  /** States of this many heights below the head answer. */
  readonly stateHeights: bigint;
  /** States of this many heights below the head also prove. */
  readonly proofHeights: bigint;
  /** Blocks of this many heights are kept; 0n keeps all. */
  readonly blockHeights: bigint;
}

export interface StateProof {
  readonly height: bigint;
  /** State root after `height`: header height + 1 carries it. */
  readonly root: Bytes;
  readonly value: Bytes | undefined;
  /** An ICS-23 CommitmentProof, of existence or of absence. */
  readonly proof: Bytes;
}

/** Stored data of decided heights. */
export interface BlockReader {
  /** Undefined before genesis. */
  readonly head: Head | undefined;
  genesis(): Bytes | undefined;
  /** The first height of the chain. */
  readonly initialHeight: bigint;
  /** The lowest height whose block is kept; above the head if no block is kept. */
  readonly firstBlock: bigint;
  block(height: bigint): Bytes | undefined;
  certificate(height: bigint): Bytes | undefined;
  results(height: bigint): Bytes | undefined;
  blockHash(height: bigint): HeaderHash | undefined;
  heightOf(blockHash: HeaderHash): bigint | undefined;
  /** State root after a height. */
  rootAfter(height: bigint): Bytes | undefined;
}

/** And of the states after them. */
export interface StateReader extends BlockReader {
  /** The state after a height, unaffected by commits meanwhile. @throws StorageFault for a height outside the window. */
  viewAt(height: bigint): Base;
  /** @throws StorageFault for a height outside the proof window. */
  prove(key: Bytes, height: bigint): StateProof;
}

/** The store of the chain. One writer at a time: commits follow each other. */
export interface ChainStore extends StateReader {
  /** The state at the head, synchronous and cached. While a commit is under way it still shows the head before it. */
  readonly latest: Base;
  commitGenesis(genesis: Genesis): Promise<Head>;
  /** Resolves when everything is on disk for good. @throws StorageFault; then the node must stop. */
  commitHeight(commit: Commit): Promise<Head>;

  /**
   * Gives back what the retention no longer keeps; in the background, in small writes. Call it now and then.
   * @param blocksBelow blocks from this height on stay, whatever the retention says
   */
  prune(blocksBelow?: bigint): Promise<void>;
  close(): Promise<void>;
}
