import { Fault } from "#proto/fault.js";
import type { Bytes } from "#proto/bytes.js";
import type { Offence } from "#proto/evidence/ground.js";
import type { AbciAnswer, AbciQuery } from "#proto/rpc/abci.js";
import type { Rejection } from "#proto/rejection.js";
import type { ConsensusParams } from "#proto/types/block.js";
import type { BlockId } from "#proto/types/block-id.js";
import type { ValidatorSetMessage } from "#proto/types/validators.js";
import type { Admission } from "../mempool/deps.js";

/**
 * What crosses the border between the chain (execution, tree, commit) and everything else: bytes and plain values, so
 * that the chain can live in a thread of its own.
 */

/** Where the chain stands and what the next height needs. */
export interface Tip {
  readonly height: bigint; // last committed; 0 after genesis
  readonly time: bigint; // of its header, or of genesis
  readonly blockId: BlockId | undefined;
  readonly stateRoot: Bytes;
  /** Canonical bytes of the last height's certificate. */
  readonly certificate: Bytes | undefined;
  /** Of the next height. */
  readonly validators: ValidatorSetMessage;
  /** Of the height after that. */
  readonly nextValidators: ValidatorSetMessage;
  readonly params: ConsensusParams;
  /** Output of the last beacon, 32 bytes: the next proof's input. */
  readonly beacon: Bytes;
}

export interface BuildRequest {
  readonly height: bigint;
  readonly round: number;
  /** The proposer's clock, above the last block's time. */
  readonly time: bigint;
  readonly proposer: Bytes;
  readonly beaconProof: Bytes;
  readonly lastCertificate: Bytes | undefined;
  readonly txs: readonly Bytes[];
  /** Pending evidence; what the block may not hold is left out. */
  readonly evidence: readonly Bytes[];
}

export interface BuiltBlock {
  readonly bytes: Bytes;
  readonly blockId: BlockId;
  readonly time: bigint;
  /** Transactions that met a bug of ours: left out, and not to be proposed again. */
  readonly dropped: readonly Bytes[];
  /** Why, for people; empty when nothing was dropped. */
  readonly problem: string;
}

/** The chain's verdict on a block. Reasons are for people. */
export interface Verdict {
  readonly valid: boolean;
  readonly reason: string;
  readonly blockId: BlockId | undefined;
  readonly height: bigint;
  readonly round: number;
  readonly time: bigint;
}

/** A height that is on disk for good, with its results: who needs those reads them there. */
export interface Committed {
  readonly tip: Tip;
  readonly txs: readonly Bytes[];
  /** Offences that the block's evidence proved. */
  readonly offences: readonly Offence[];
}

/** One at a time, in the order of the calls: execution never overlaps a commit. */
export interface ChainPort {
  tip(): Promise<Tip>;
  /** Undefined when the chain stands elsewhere by now. */
  build(request: BuildRequest): Promise<BuiltBlock | undefined>;
  process(block: Bytes): Promise<Verdict>;
  /** @throws ChainFault when the decided block is not valid here: this node disagrees with the network and stops. */
  commit(block: Bytes, certificate: Bytes): Promise<Committed>;
  /** Each accepted one counts for those behind it, until the next recheck. */
  check(txs: readonly Bytes[]): Promise<readonly (Admission | Rejection)[]>;
  /** The result that `check` would give now; nothing is recorded. */
  judgeTx(tx: Bytes): Promise<Admission | Rejection>;
  /** As check, from the last committed state on. Places of those that are no longer good. */
  recheck(txs: readonly Bytes[]): Promise<readonly number[]>;
  /** For each piece of evidence: the offences of validators not punished yet, or why no block would contain it now. */
  judgeEvidence(pieces: readonly Bytes[]): Promise<readonly (readonly Offence[] | Rejection)[]>;
  /**
   * Gives back what the retention no longer keeps, beside the commits.
   * @param blocksBelow blocks from this height on stay: the caller has forgotten those below it elsewhere
   */
  prune(blocksBelow: bigint): Promise<void>;
}

/** Reads of committed states. They change nothing, and never hold the chain up. */
export interface QueryPort {
  query(query: AbciQuery): Promise<AbciAnswer>;
  /** The set that decides the height after this one, written by it; undefined when it is pruned or not there yet. */
  validatorsAfter(height: bigint): Promise<ValidatorSetMessage | undefined>;
  paramsAfter(height: bigint): Promise<ConsensusParams | undefined>;
}

export class ChainFault extends Fault<"invalid_decision" | "genesis_mismatch" | "bad_genesis" | "lost_block"> {}
