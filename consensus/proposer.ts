import { equalBytes, type Bytes } from "#proto/bytes.js";
import { proposerAt, rotate } from "#proto/types/validators.js";
import type { Proposal, State, Turn } from "./types.js";

/**
 * L70: rotates a copy of the validator set to `round`. The priorities of the next height do not depend on the rounds of
 * this one. Costs one rotation per round from the current one.
 */
export function turnTo(state: State, round: number): Turn {
  let turn = state.turn ?? rotate(state.validators);
  for (let r = state.turn === undefined ? 0 : state.round; r < round; r++) turn = rotate(turn.next);
  return turn;
}

/** The proposer's address in a round of this height. Costs one rotation per round, so callers bound `round`. */
export function proposerOfRound(state: State, round: number): Bytes {
  if (round === state.round && state.turn !== undefined) return state.turn.proposer.address;
  return proposerAt(state.validators, round).address;
}

/** A proposal further ahead is not checked for its proposer: a peer could make us rotate millions of times. */
const ROUNDS_AHEAD_MAX = 64;

/**
 * Whether a proposal comes from the proposer of its round. Undefined for another height, and for a round too far ahead.
 */
export function isFromProposer(state: State, proposal: Proposal): boolean | undefined {
  if (proposal.height !== state.height || proposal.round > state.round + ROUNDS_AHEAD_MAX) return undefined;
  return equalBytes(proposerOfRound(state, proposal.round), proposal.proposer);
}

/** Whether this node proposes in the current round. False without a key and before the first height. */
export function isOurTurn(state: State): boolean {
  return state.self !== undefined && state.turn !== undefined && equalBytes(state.turn.proposer.address, state.self);
}
