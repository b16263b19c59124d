import type { BlockId, Certificate, PolkaCertificate, RoundCertificate, Vote, VoteSet, VoteType } from "./types.js";
import { votesFor } from "./votes.js";

/** Certificates are votes for one block put together, and are taken apart into the same votes again. */

/** Of a vote set in which this block has its quorum. The shape is that of a polka and of a commit alike. */
export function certificateOf(set: VoteSet, height: bigint, round: number, blockId: BlockId): Certificate {
  const signatures = votesFor(set, blockId).map(({ index, validator, signature }) => ({ index, validator, signature }));
  return { height, round, blockId, signatures };
}

/** @param type PREVOTE for a polka, PRECOMMIT for a commit */
export function votesOf(certificate: Certificate | PolkaCertificate, type: VoteType): Vote[] {
  const { height, round, blockId } = certificate;
  return certificate.signatures.map((signature) => ({ type, height, round, blockId, ...signature }));
}

/** Why we entered this round, for others: votes of distinct validators by index. */
export function roundCertificate(height: bigint, round: number, votes: readonly Vote[]): RoundCertificate {
  return { height, round, votes: [...votes].sort((a, b) => a.index - b.index) };
}

/** A late precommit joins the certificate of the height that is over. Unchanged when it does not belong or is known. */
export function withPrecommit(certificate: Certificate, vote: Vote): Certificate {
  const { signatures } = certificate;
  if (signatures.some((signature) => signature.index === vote.index)) return certificate;
  const { index, validator, signature } = vote;
  const all = [...signatures, { index, validator, signature }].sort((a, b) => a.index - b.index);
  return { ...certificate, signatures: all };
}
