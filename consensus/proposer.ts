import { equalBytes, type Bytes } from "#proto/bytes.js";
import { proposerAt, rotate } from "#proto/types/validators.js";
import type { State, Turn } from "./types.js";

/** L70: the rotation turns on a copy; what the round did leaves no trace in the priorities of the next height. */
export function turnTo(state: State, round: number): Turn {
  let turn = state.turn ?? rotate(state.validators);
  for (let r = state.turn === undefined ? 0 : state.round; r < round; r++) turn = rotate(turn.next);
  return turn;
}

/** The address that proposes in a round up to the current one. Rounds beyond are not asked: they could be far. */
export function proposerOfRound(state: State, round: number): Bytes {
  if (round === state.round && state.turn !== undefined) return state.turn.proposer.address;
  return proposerAt(state.validators, round).address;
}

export function isOurTurn(state: State): boolean {
  return state.self !== undefined && state.turn !== undefined && equalBytes(state.turn.proposer.address, state.self);
}
