import type { Bytes } from "#proto/bytes.js";
import { codespace, type Rejection } from "#proto/rejection.js";
import type { BlockId } from "#proto/types/block.js";
import type { VoteType } from "#proto/types/vote.js";

/**
 * The validator's key behind a small port: in this process over a file, or in another one. A refusal is a value, for the
 * node goes on without that vote; a failed record is a SignerFault, for nothing may be signed after it.
 */
export interface Signer {
  readonly publicKey: Bytes;
  /** The signature over the vote's sign bytes. The same words give the same signature, however often they are asked. */
  signVote(vote: VoteToSign): Promise<Bytes | Rejection>;
  signProposal(proposal: ProposalToSign): Promise<Bytes | Rejection>;
  /** The VRF proof (80 bytes) for the beacon of a height. @param previous beacon of height - 1, 32 bytes */
  proveBeacon(height: bigint, previous: Bytes): Promise<Bytes>;
}

export interface VoteToSign {
  readonly type: VoteType;
  readonly height: bigint;
  readonly round: number;
  /** undefined: nil */
  readonly blockId: BlockId | undefined;
}

export interface ProposalToSign {
  readonly height: bigint;
  readonly round: number;
  readonly polRound: number;
  readonly blockId: BlockId;
}

/** P2, P3: what the signer does not say. */
export const signerErrors = codespace("signer", {
  heightRegression: 1,
  roundRegression: 2,
  stepRegression: 3,
  conflictingData: 4,
});
