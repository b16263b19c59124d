import { equalBytes, type Bytes } from "../bytes.js";
import { verifyEd25519 } from "../crypto/ed25519.js";
import { ROUND_MAX } from "../limits.js";
import { codespace, isRejection, reject, type Rejection } from "../rejection.js";
import { isCompleteBlockId } from "../types/block-id.js";
import { indexOf, type Member, type ValidatorSet } from "../types/validators.js";
import { PRECOMMIT, PREVOTE, proposalSignBytes, voteSignBytes, type Proposal, type Vote } from "../types/vote.js";

/** Single votes and proposals: everything that can be known of one from the validator set of its height alone. */
export const signedErrors = codespace("signed", {
  type: 1,
  round: 2,
  blockId: 3,
  index: 4,
  address: 5,
  signature: 6,
  polRound: 7,
  notValidator: 8,
  tooManyParts: 9,
});

/** undefined when the vote is good. Bounds come before look-ups, look-ups before the signature. */
export function verifyVote(chainId: string, set: ValidatorSet, vote: Vote): Rejection | undefined {
  if (vote.type !== PREVOTE && vote.type !== PRECOMMIT) return reject(signedErrors.type, { type: vote.type });
  if (vote.round > ROUND_MAX) return reject(signedErrors.round, { round: vote.round, max: ROUND_MAX });
  if (vote.blockId !== undefined && !isCompleteBlockId(vote.blockId)) return reject(signedErrors.blockId);
  const member = memberAt(set, vote.index, vote.validator);
  if (isRejection(member)) return member;
  const good = verifyEd25519(vote.signature, voteSignBytes(chainId, vote), member.pubKey);
  return good ? undefined : reject(signedErrors.signature, { index: vote.index });
}

/** Index and address must both name the same validator. */
export function memberAt(set: ValidatorSet, index: number, address: Bytes): Member | Rejection {
  const member = set.members[index];
  if (member === undefined) return reject(signedErrors.index, { index, validators: set.members.length });
  return equalBytes(member.address, address) ? member : reject(signedErrors.address, { index });
}

/**
 * undefined when the proposal is good for some round of its proposer: whether it was the proposer's turn, consensus knows.
 * @param partsMax most parts that a block of this chain can have, checked before anybody makes room for them
 */
export function verifyProposal(
  chainId: string,
  set: ValidatorSet,
  proposal: Proposal,
  partsMax: number,
): Rejection | undefined {
  const { round, polRound, blockId } = proposal;
  if (round > ROUND_MAX) return reject(signedErrors.round, { round, max: ROUND_MAX });
  if (polRound < -1 || polRound >= round) return reject(signedErrors.polRound, { polRound, round });
  if (blockId?.parts === undefined || !isCompleteBlockId(blockId)) return reject(signedErrors.blockId);
  const { total } = blockId.parts;
  if (total > partsMax) return reject(signedErrors.tooManyParts, { parts: total, max: partsMax });
  const member = set.members[indexOf(set, proposal.proposer)];
  if (member === undefined) return reject(signedErrors.notValidator);
  const good = verifyEd25519(proposal.signature, proposalSignBytes(chainId, proposal), member.pubKey);
  return good ? undefined : reject(signedErrors.signature);
}
