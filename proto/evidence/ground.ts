import type { Bytes } from "../bytes.js";
import type { HeaderHash } from "../types/block-id.js";
import type { ConsensusParams } from "../types/block.js";
import type { ValidatorSet } from "../types/validators.js";

/** What evidence is judged by: a chain's own record. It must reach as far back as evidence counts. */
export interface Ground {
  readonly chainId: string;
  /** Last committed. */
  readonly height: bigint;
  /** Of that block, unix milliseconds. */
  readonly time: bigint;
  readonly params: Pick<ConsensusParams, "evidenceAgeBlocksMax" | "evidenceAgeMsMax">;
  /** Who decided a height; undefined when it is forgotten or not known yet. */
  validatorsAt(height: bigint): ValidatorSet | undefined;
  /** Undefined when it is forgotten or not committed. */
  blockAt(height: bigint): PastBlock | undefined;
}

export interface PastBlock {
  readonly time: bigint;
  readonly hash: HeaderHash;
}

export type OffenceKind = "duplicate_vote" | "duplicate_proposal" | "light_client_attack";

/** One validator's part in what a piece of evidence shows. */
export interface Offence {
  readonly kind: OffenceKind;
  readonly validator: Bytes;
  readonly height: bigint;
  /** Of the block at that height, unix milliseconds. */
  readonly time: bigint;
  /** At that height: the validator's, and everybody's. */
  readonly power: bigint;
  readonly totalPower: bigint;
}
