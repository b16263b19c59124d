import { compareProposals, compareVotes } from "#proto/evidence/conflict.js";
import type { Effect, Member, Misbehaviour, Proposal, State, Step, ValidatorSet, Vote } from "./types.js";

/** L79 to L81: two signed statements of one validator that cannot both be honest. */

export function duplicateVote(validators: ValidatorSet, culprit: Member, one: Vote, two: Vote): Misbehaviour {
  const [a, b] = compareVotes(one, two) < 0 ? [one, two] : [two, one];
  return { kind: "duplicate_vote", a, b, validatorPower: culprit.power, totalPower: validators.totalPower };
}

export function duplicateProposal(
  validators: ValidatorSet,
  culprit: Member,
  one: Proposal,
  two: Proposal,
): Misbehaviour {
  const [a, b] = compareProposals(one, two) < 0 ? [one, two] : [two, one];
  return { kind: "duplicate_proposal", a, b, validatorPower: culprit.power, totalPower: validators.totalPower };
}

/** One report a validator and height: the first is enough to punish, and nobody can make us write thousands. */
export function accuse(state: State, index: number, evidence: () => Misbehaviour): Step {
  if (state.accused.includes(index)) return { state, effects: [] };
  const effect: Effect = { kind: "report_evidence", evidence: evidence() };
  return { state: { ...state, accused: [...state.accused, index] }, effects: [effect] };
}
