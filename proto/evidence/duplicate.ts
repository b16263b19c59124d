import { present } from "../assert.js";
import { equalBytes, type Bytes } from "../bytes.js";
import { verifyEd25519 } from "../crypto/ed25519.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { indexOf, type Member, type ValidatorSet } from "../types/validators.js";
import { proposalSignBytes, voteSignBytes } from "../types/vote.js";
import { areConflictingProposals, areConflictingVotes, compareProposals, compareVotes } from "./conflict.js";
import { evidenceErrors } from "./errors.js";
import type { DuplicateProposal, DuplicateVote } from "./kinds.js";

/** E1: two messages of one validator for the same height and round. Contents are compared before signatures are verified. */

/**
 * The validator that signed both votes, or a rejection. Expects a checked shape. Signatures are verified last.
 * @param set validators of the votes' height
 */
export function judgeVotes(chainId: string, set: ValidatorSet, { voteA, voteB }: DuplicateVote): Member | Rejection {
  const [a, b] = [present(voteA, "a whole pair"), present(voteB, "a whole pair")];
  const differs = (["type", "height", "round", "index"] as const).find((field) => a[field] !== b[field]);
  if (differs !== undefined) return reject(evidenceErrors.place, { field: differs });
  const culprit = memberOf(set, a.height, a.validator, b.validator);
  if (isRejection(culprit)) return culprit;
  if (set.members[a.index] !== culprit) return reject(evidenceErrors.place, { field: "index" });
  if (!areConflictingVotes(a, b)) return reject(evidenceErrors.noConflict);
  if (compareVotes(a, b) > 0) return reject(evidenceErrors.order);
  const signed = [a, b].every((vote) => isSigned(culprit, voteSignBytes(chainId, vote), vote.signature));
  return signed ? culprit : reject(evidenceErrors.signature);
}

/**
 * The validator that signed both proposals, or a rejection, likewise. It need not have been the proposer of the round:
 * no validator may sign two.
 */
export function judgeProposals(
  chainId: string,
  set: ValidatorSet,
  { proposalA, proposalB }: DuplicateProposal,
): Member | Rejection {
  const [a, b] = [present(proposalA, "a whole pair"), present(proposalB, "a whole pair")];
  const differs = (["height", "round"] as const).find((field) => a[field] !== b[field]);
  if (differs !== undefined) return reject(evidenceErrors.place, { field: differs });
  const culprit = memberOf(set, a.height, a.proposer, b.proposer);
  if (isRejection(culprit)) return culprit;
  if (!areConflictingProposals(a, b)) return reject(evidenceErrors.noConflict);
  if (compareProposals(a, b) > 0) return reject(evidenceErrors.order);
  const signed = [a, b].every((proposal) =>
    isSigned(culprit, proposalSignBytes(chainId, proposal), proposal.signature),
  );
  return signed ? culprit : reject(evidenceErrors.signature);
}

function memberOf(set: ValidatorSet, height: bigint, one: Bytes, two: Bytes): Member | Rejection {
  if (!equalBytes(one, two)) return reject(evidenceErrors.place, { field: "validator" });
  return set.members[indexOf(set, one)] ?? reject(evidenceErrors.notValidator, { height });
}

const isSigned = ({ pubKey }: Member, signBytes: Bytes, signature: Bytes): boolean =>
  verifyEd25519(signature, signBytes, pubKey);
