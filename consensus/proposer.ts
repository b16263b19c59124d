import { equalBytes, type Bytes } from "#proto/bytes.js";
import { proposerAt, rotate } from "#proto/types/validators.js";
import type { Proposal, State, Turn } from "./types.js";

/** L70: the rotation turns on a copy; what the round did leaves no trace in the priorities of the next height. */
export function turnTo(state: State, round: number): Turn {
  let turn = state.turn ?? rotate(state.validators);
  for (let r = state.turn === undefined ? 0 : state.round; r < round; r++) turn = rotate(turn.next);
  return turn;
}

/** The address that proposes in a round; takes a turn a round, so callers bound it. */
export function proposerOfRound(state: State, round: number): Bytes {
  if (round === state.round && state.turn !== undefined) return state.turn.proposer.address;
  return proposerAt(state.validators, round).address;
}

/** Beyond this many rounds ahead nobody computes whose turn it is: a stranger could ask for millions. */
const ROUNDS_AHEAD_MAX = 64;

/** Whether a proposal comes from the proposer of its round; undefined when that cannot be said here and now. */
export function isFromProposer(state: State, proposal: Proposal): boolean | undefined {
  if (proposal.height !== state.height || proposal.round > state.round + ROUNDS_AHEAD_MAX) return undefined;
  return equalBytes(proposerOfRound(state, proposal.round), proposal.proposer);
}

export function isOurTurn(state: State): boolean {
  return state.self !== undefined && state.turn !== undefined && equalBytes(state.turn.proposer.address, state.self);
}
