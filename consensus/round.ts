import { equalBlockIds } from "#proto/types/block-id.js";
import { indexOf } from "#proto/types/validators.js";
import { takeEarly } from "./early.js";
import { stay, then, thenAll } from "./flow.js";
import { isOurTurn, turnTo } from "./proposer.js";
import { recordProposal, recordVote } from "./record.js";
import { pruned, withLog } from "./rounds.js";
import type {
  BlockId,
  Effect,
  Input,
  KnownValue,
  RoundCertificate,
  StartHeight,
  State,
  Step,
  VoteType,
} from "./types.js";
import { scheduleTimeout, timeoutsOf } from "./timeouts.js";

/** The start of a node, a height and a round, and the signatures that a node may request in a round. */

const NOTHING_FIRED = { prevoteTimer: false, polka: false, precommitTimer: false } as const;

/** The part of the state that a new height and a decision reset (T1). */
const FRESH = {
  round: 0,
  locked: undefined,
  valid: undefined,
  turn: undefined,
  rounds: [],
  values: [],
  early: [],
  entry: undefined,
  fired: NOTHING_FIRED,
  accused: [],
  disagreed: false,
} as const;

/** The state of a node before its first height: step `idle`, no validators. Only `start_height` changes it. */
export function initialState(): State {
  return {
    ...FRESH,
    height: 0n,
    step: "idle",
    validators: { members: [], totalPower: 0n },
    self: undefined,
    selfIndex: undefined,
    timeouts: timeoutsOf(() => 0),
    timing: { precisionMs: 0n, messageDelayMs: 0n },
    nextHeight: [],
    last: undefined,
  };
}

/**
 * L1, L10: starts a height in round 0; ignored unless it is above the current one. Of the previous height only the
 * certificate is kept; early messages return through `earlyInputs`.
 */
export function startHeight(state: State, input: StartHeight): Step {
  if (input.height <= state.height) return stay(state);
  const { height, validators, self, timeouts, timing } = input;
  const selfIndex = self === undefined ? -1 : indexOf(validators, self);
  const begun: State = {
    ...FRESH,
    height,
    step: "propose",
    validators,
    self,
    selfIndex: selfIndex < 0 ? undefined : selfIndex,
    timeouts,
    timing,
    nextHeight: [],
    last: lastHeight(state, input),
  };
  return startRound(begun, 0, undefined);
}

/**
 * L74: messages that arrived for the next height, as inputs to give to `step` right after its `start_height`. They are
 * logged with that height like all its inputs, because a lock that rests on early votes must survive a crash.
 */
export function earlyInputs(state: State): Input[] {
  const { proposals, votes } = takeEarly(state.nextHeight, Number.MAX_SAFE_INTEGER);
  const inputs: Input[] = proposals.map((known) => ({ kind: "proposal", ...known }));
  return [...inputs, ...votes.map((vote): Input => ({ kind: "vote", vote }))];
}

function lastHeight(state: State, input: StartHeight): State["last"] {
  const height = input.height - 1n;
  if (state.last?.height === height) return state.last;
  const { lastCertificate: certificate } = input;
  return certificate === undefined ? undefined : { height, validators: undefined, certificate, accused: [] };
}

/**
 * L11 to L21: enters a round, records the early messages up to it, sets the propose timer (L83), and proposes if it is
 * our turn.
 * @param entry the votes that justify the round; undefined for round 0
 */
export function startRound(state: State, round: number, entry: RoundCertificate | undefined): Step {
  const { proposals, votes, rest } = takeEarly(state.early, round);
  const entered: State = {
    ...state,
    round,
    step: "propose",
    turn: turnTo(state, round),
    rounds: pruned(state.rounds, round),
    early: rest,
    entry,
    fired: NOTHING_FIRED,
  };
  const open = stay(withLog(entered, round, (log) => ({ ...log })));
  const proposed = thenAll(open, proposals, recordProposal);
  const voted = thenAll(proposed, votes, (now, vote) => recordVote(now, vote, false));
  // L83: the proposer waits for its own block as long as the others do, not longer.
  const timed = then(voted, (now) => ({
    state: now,
    effects: [scheduleTimeout(now.timeouts, { height: now.height, round, step: "propose" })],
  }));
  return then(timed, (now) => ({ state: now, effects: propose(now) }));
}

/** L14 to L19: proposes the valid value; asks for a new block only without a valid value. */
function propose(state: State): readonly Effect[] {
  if (state.selfIndex === undefined || !isOurTurn(state)) return [];
  if (state.valid !== undefined) return [signProposal(state, state.valid.blockId, state.valid.round)];
  const lastCertificate = state.last?.certificate;
  return [{ kind: "build_block", height: state.height, round: state.round, lastCertificate }];
}

/**
 * The effect that asks the signer for our proposal of the current round.
 * @param polRound round of the block's polka; -1 for a fresh block
 */
export function signProposal(state: State, blockId: BlockId, polRound: number): Effect {
  return { kind: "sign_proposal", height: state.height, round: state.round, polRound, blockId };
}

/**
 * The effect that asks the signer for our vote of the current round; none for a node outside the set.
 * @param blockId undefined: nil
 */
export function signVote(state: State, type: VoteType, blockId: BlockId | undefined): readonly Effect[] {
  const { height, round, selfIndex } = state;
  if (selfIndex === undefined) return [];
  return [{ kind: "sign_vote", type, height, round, blockId, index: selfIndex }];
}

/** The judged block of this id, valid or not; undefined if this node has not judged it or has dropped it (L76). */
export function knownValue(state: State, blockId: BlockId): KnownValue | undefined {
  return state.values.find((value) => equalBlockIds(value.blockId, blockId));
}

/** The state after a decision: the log of the height is dropped, its certificate stays (L82). */
export function decided(state: State, certificate: NonNullable<State["last"]>["certificate"]): State {
  const { height, validators, accused } = state;
  return { ...state, ...FRESH, step: "decided", last: { height, validators, certificate, accused } };
}
