import type { Bytes } from "../bytes.js";
import type { HeaderHash } from "../types/block-id.js";
import type { ConsensusParams } from "../types/block.js";
import type { ValidatorSet } from "../types/validators.js";

/** The chain's own record against which evidence is judged. It must reach back as far as evidence is valid. */
export interface Ground {
  readonly chainId: string;
  /** The last committed height. */
  readonly height: bigint;
  /** Time of the last committed block, unix milliseconds. */
  readonly time: bigint;
  readonly params: Pick<ConsensusParams, "evidenceAgeBlocksMax" | "evidenceAgeMsMax">;
  /** The validator set that decided a height; undefined if it is pruned or not committed. */
  validatorsAt(height: bigint): ValidatorSet | undefined;
  /** The block at a height; undefined if it is pruned or not committed. */
  blockAt(height: bigint): PastBlock | undefined;
}

/** Time (unix milliseconds) and header hash of a committed block. */
export interface PastBlock {
  readonly time: bigint;
  readonly hash: HeaderHash;
}

/** Kinds of misbehaviour. */
export type OffenceKind = "duplicate_vote" | "duplicate_proposal" | "light_client_attack";

/** One guilty validator of one piece of evidence. */
export interface Offence {
  readonly kind: OffenceKind;
  readonly validator: Bytes;
  readonly height: bigint;
  /** Time of the block at that height, unix milliseconds. */
  readonly time: bigint;
  /** Power of the validator at that height, and the total. */
  readonly power: bigint;
  readonly totalPower: bigint;
}
