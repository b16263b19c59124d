import type { BlockId, Certificate, PolkaCertificate, RoundCertificate, Vote, VoteSet, VoteType } from "./types.js";
import { votesFor } from "./votes.js";

/** A certificate is a set of votes for one block, and can be split into the same votes again (L78). */

/**
 * Builds a polka or a commit certificate (they have one shape) from a vote set in which this block has a quorum.
 * Signatures are ascending by validator index.
 */
export function certificateOf(set: VoteSet, height: bigint, round: number, blockId: BlockId): Certificate {
  const signatures = votesFor(set, blockId).map(({ index, validator, signature }) => ({ index, validator, signature }));
  return { height, round, blockId, signatures };
}

/** The votes of a certificate, one per signature. @param type PREVOTE for a polka, PRECOMMIT for a commit */
export function votesOf(certificate: Certificate | PolkaCertificate, type: VoteType): Vote[] {
  const { height, round, blockId } = certificate;
  return certificate.signatures.map((signature) => ({ type, height, round, blockId, ...signature }));
}

/** Justifies entering a round (L55, L65): votes of distinct validators, ascending by index. */
export function roundCertificate(height: bigint, round: number, votes: readonly Vote[]): RoundCertificate {
  return { height, round, votes: [...votes].sort((a, b) => a.index - b.index) };
}

/**
 * L82: adds a late precommit for the decided block to the certificate of the last height. Returns the same certificate
 * if it has a signature of that validator.
 */
export function withPrecommit(certificate: Certificate, vote: Vote): Certificate {
  const { signatures } = certificate;
  if (signatures.some((signature) => signature.index === vote.index)) return certificate;
  const { index, validator, signature } = vote;
  const all = [...signatures, { index, validator, signature }].sort((a, b) => a.index - b.index);
  return { ...certificate, signatures: all };
}
