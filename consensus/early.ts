import { compareBytes, type Bytes } from "#proto/bytes.js";
import { PREVOTE } from "#proto/types/vote.js";
import type { Early, KnownProposal, Vote } from "./types.js";

/**
 * L74: messages of rounds, or of a height, that this node has not reached. It keeps one proposal, prevote and precommit
 * per validator, each of the validator's highest round, from whichever peer they came. So memory is bounded, and only the
 * validator itself can replace them.
 */

/** The early messages of one validator, by address; undefined if none is kept. */
export function earlyOf(list: readonly Early[], validator: Bytes): Early | undefined {
  return list.find((early) => compareBytes(early.validator, validator) === 0);
}

/**
 * Keeps the vote if it is of a higher round than the kept one of its type. Returns the same list if nothing changed.
 * @param sendersMax a further sender is ignored when the list has this length
 */
export function keepEarlyVote(list: readonly Early[], vote: Vote, sendersMax: number): readonly Early[] {
  return keep(list, vote.validator, sendersMax, (early) => {
    const slot = vote.type === PREVOTE ? "prevote" : "precommit";
    const known = early[slot];
    return known !== undefined && known.round >= vote.round ? early : { ...early, [slot]: vote };
  });
}

/**
 * Keeps the proposal if it is of a higher round than the kept one. Returns the same list if nothing changed.
 * @param sendersMax a further sender is ignored when the list has this length
 */
export function keepEarlyProposal(list: readonly Early[], known: KnownProposal, sendersMax: number): readonly Early[] {
  return keep(list, known.proposal.proposer, sendersMax, (early) => {
    const before = early.proposal?.proposal;
    return before !== undefined && before.round >= known.proposal.round ? early : { ...early, proposal: known };
  });
}

function keep(list: readonly Early[], validator: Bytes, sendersMax: number, change: (early: Early) => Early) {
  const at = list.findIndex((early) => compareBytes(early.validator, validator) >= 0);
  const found = at < 0 ? undefined : list[at]!;
  if (found !== undefined && compareBytes(found.validator, validator) === 0) {
    const changed = change(found);
    return changed === found ? list : list.with(at, changed);
  }
  if (list.length >= sendersMax) return list;
  const fresh = change({ validator, proposal: undefined, prevote: undefined, precommit: undefined });
  return list.toSpliced(at < 0 ? list.length : at, 0, fresh);
}

/** Early messages split at a round: those up to it, and the rest. */
export interface Taken {
  readonly proposals: readonly KnownProposal[];
  readonly votes: readonly Vote[];
  readonly rest: readonly Early[];
}

/** Splits off the messages of rounds up to and including `round`. */
export function takeEarly(list: readonly Early[], round: number): Taken {
  const proposals: KnownProposal[] = [];
  const votes: Vote[] = [];
  const rest: Early[] = [];
  for (const early of list) {
    const left = { ...early };
    if (early.proposal !== undefined && early.proposal.proposal.round <= round) {
      proposals.push(early.proposal);
      left.proposal = undefined;
    }
    for (const slot of ["prevote", "precommit"] as const) {
      const vote = early[slot];
      if (vote === undefined || vote.round > round) continue;
      votes.push(vote);
      left[slot] = undefined;
    }
    if (left.proposal !== undefined || left.prevote !== undefined || left.precommit !== undefined) rest.push(left);
  }
  return { proposals, votes, rest };
}
