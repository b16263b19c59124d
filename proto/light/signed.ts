import { equalBytes, type Bytes } from "../bytes.js";
import { verifyEd25519 } from "../crypto/ed25519.js";
import { ROUND_MAX } from "../limits.js";
import { codespace, isRejection, reject, type Rejection } from "../rejection.js";
import { isCompleteBlockId } from "../types/block-id.js";
import { indexOf, type Member, type ValidatorSet } from "../types/validators.js";
import { PRECOMMIT, PREVOTE, proposalSignBytes, voteSignBytes, type Proposal, type Vote } from "../types/vote.js";

/** Reasons to reject a single vote or proposal, given only the validator set of its height. */
export const signedErrors = codespace("signed", {
  type: 1, // { type }: neither prevote nor precommit
  round: 2, // { round, max }
  blockId: 3, // incomplete, or nil in a proposal
  index: 4, // { index, validators }
  address: 5, // { index }: the validator at this index has another address
  signature: 6, // { index }
  polRound: 7, // { polRound, round }
  notValidator: 8, // the proposer is not in the set
  tooManyParts: 9, // { parts, max }
});

/** Undefined if the vote is valid. Checks bounds first, then index and address, the signature last. */
export function verifyVote(chainId: string, set: ValidatorSet, vote: Vote): Rejection | undefined {
  if (vote.type !== PREVOTE && vote.type !== PRECOMMIT) return reject(signedErrors.type, { type: vote.type });
  if (vote.round > ROUND_MAX) return reject(signedErrors.round, { round: vote.round, max: ROUND_MAX });
  if (vote.blockId !== undefined && !isCompleteBlockId(vote.blockId)) return reject(signedErrors.blockId);
  const member = memberAt(set, vote.index, vote.validator);
  if (isRejection(member)) return member;
  const good = verifyEd25519(vote.signature, voteSignBytes(chainId, vote), member.pubKey);
  return good ? undefined : reject(signedErrors.signature, { index: vote.index });
}

/** The member at an index, if it has this address; else signed/index or signed/address. */
export function memberAt(set: ValidatorSet, index: number, address: Bytes): Member | Rejection {
  const member = set.members[index];
  if (member === undefined) return reject(signedErrors.index, { index, validators: set.members.length });
  return equalBytes(member.address, address) ? member : reject(signedErrors.address, { index });
}

/**
 * Undefined if the proposal is valid. Does not check whether it was the proposer's turn; consensus does.
 * @param partsMax maximum number of parts of a block of this chain, checked before memory is reserved for them
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
