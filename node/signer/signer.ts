import type { Bytes } from "#proto/bytes.js";
import { codespace, type Rejection } from "#proto/rejection.js";
import type { BlockId } from "#proto/types/block-id.js";
import type { VoteType } from "#proto/types/vote.js";
import type { Position } from "./record.js";

/**
 * The validator's key behind a small port: in this process over a file, or in another one. A refusal is a value, for the
 * node goes on without that vote; a failed record is a SignerFault, for nothing may be signed after it. A signer in
 * another process may also be away: then its answer says so at once, and the same words may be asked again.
 */
export interface Signer {
  /** Undefined until a remote signer has come up for the first time; it never changes. */
  readonly publicKey: Bytes | undefined;
  /** The key's last signature, as far as this process knows: compared with the chain and the log before it signs. */
  lastSigned(): LastWords;
  /** The signature over the vote's sign bytes. The same words give the same signature, however often they are asked. */
  signVote(vote: VoteToSign): Promise<Bytes | Rejection>;
  signProposal(proposal: ProposalToSign): Promise<Bytes | Rejection>;
  /** The VRF proof (80 bytes) for the beacon of a height. @param previous beacon of height - 1, 32 bytes */
  proveBeacon(height: bigint, previous: Bytes): Promise<Bytes | Rejection>;
}

export interface LastWords extends Position {
  /** Absent where only the place is known. */
  readonly signBytes?: Bytes;
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

/** Refusals of the signer (P2, P3, P7), and the absence of a signer. */
export const signerErrors = codespace("signer", {
  heightRegression: 1,
  roundRegression: 2,
  stepRegression: 3,
  conflictingData: 4,
  otherChain: 5,
  away: 6,
});

/** Not a word of the signer: it may be asked again. */
export const isAway = (answer: Rejection): boolean => answer.code === signerErrors.away.code;
