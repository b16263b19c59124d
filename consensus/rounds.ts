import type { RoundLog, State, VoteSet, VoteType } from "./types.js";
import { emptyVotes, withoutNil } from "./votes.js";
import { PREVOTE } from "#proto/types/vote.js";

/** The message log of a height: one record per round, ascending. */

/** The log of a round of this height; undefined if nothing of it is recorded. */
export function roundLog(state: State, round: number): RoundLog | undefined {
  return state.rounds.findLast((log) => log.round === round);
}

/** The log of the current round, empty if nothing is recorded. */
export function currentLog(state: State): RoundLog {
  return roundLog(state, state.round) ?? emptyLog(state, state.round);
}

function emptyLog(state: State, round: number): RoundLog {
  const none = emptyVotes(state.validators);
  return { round, proposal: undefined, prevotes: none, precommits: none };
}

/**
 * Replaces the log of a round; a round without a log starts with an empty one. Returns the same state if `change` returns the same
 * log.
 */
export function withLog(state: State, round: number, change: (log: RoundLog) => RoundLog): State {
  const at = state.rounds.findIndex((log) => log.round >= round);
  const found = at < 0 ? undefined : state.rounds[at]!;
  if (found?.round === round) {
    const changed = change(found);
    return changed === found ? state : { ...state, rounds: state.rounds.with(at, changed) };
  }
  const place = at < 0 ? state.rounds.length : at;
  return { ...state, rounds: state.rounds.toSpliced(place, 0, change(emptyLog(state, round))) };
}

/** The prevotes or the precommits of a round. */
export function votesIn(log: RoundLog, type: VoteType): VoteSet {
  return type === PREVOTE ? log.prevotes : log.precommits;
}

/** The log with its prevotes or its precommits replaced. */
export function withVotes(log: RoundLog, type: VoteType, votes: VoteSet): RoundLog {
  return type === PREVOTE ? { ...log, prevotes: votes } : { ...log, precommits: votes };
}

/** L76: drops nil votes of rounds before `round - 1`. They can no longer lock or decide anything. */
export function pruned(rounds: readonly RoundLog[], round: number): readonly RoundLog[] {
  return rounds.map((log) => {
    if (log.round >= round - 1) return log;
    const [prevotes, precommits] = [withoutNil(log.prevotes), withoutNil(log.precommits)];
    return prevotes === log.prevotes && precommits === log.precommits ? log : { ...log, prevotes, precommits };
  });
}
