import { compareProposals, compareVotes } from "#proto/evidence/conflict.js";
import type { Effect, Member, Misbehaviour, Proposal, State, Step, ValidatorSet, Vote } from "./types.js";

/** L79 to L81: two signed messages of one validator, of which a correct validator signs only one. */

/**
 * L79: two conflicting votes as evidence, in canonical order (proto/evidence/conflict), with the powers of this set.
 */
export function duplicateVote(validators: ValidatorSet, culprit: Member, one: Vote, two: Vote): Misbehaviour {
  const [a, b] = compareVotes(one, two) < 0 ? [one, two] : [two, one];
  return { kind: "duplicate_vote", a, b, validatorPower: culprit.power, totalPower: validators.totalPower };
}

/** L80: two conflicting proposals as evidence, in canonical order, with the powers of this set. */
export function duplicateProposal(
  validators: ValidatorSet,
  culprit: Member,
  one: Proposal,
  two: Proposal,
): Misbehaviour {
  const [a, b] = compareProposals(one, two) < 0 ? [one, two] : [two, one];
  return { kind: "duplicate_proposal", a, b, validatorPower: culprit.power, totalPower: validators.totalPower };
}

/**
 * L81: reports at most one piece of evidence per validator and height. One suffices for slashing, and the bound keeps a
 * validator from making others write thousands.
 * @param index of the validator
 * @param evidence built only when it is reported
 */
export function accuse(state: State, index: number, evidence: () => Misbehaviour): Step {
  if (state.accused.includes(index)) return { state, effects: [] };
  const effect: Effect = { kind: "report_evidence", evidence: evidence() };
  return { state: { ...state, accused: [...state.accused, index] }, effects: [effect] };
}
