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
import { scheduleTimeout } from "./timeouts.js";

/** Beginnings: of a node, of a height, of a round; and the statements that a node may make in one. */

const NOTHING_FIRED = { prevoteTimer: false, polka: false, precommitTimer: false } as const;

/** What a height starts from and what a decision leaves behind (T1). */
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

export function initialState(): State {
  return {
    ...FRESH,
    height: 0n,
    step: "idle",
    validators: { members: [], totalPower: 0n },
    self: undefined,
    selfIndex: undefined,
    timeouts: {
      proposeMs: 0,
      proposeDeltaMs: 0,
      prevoteMs: 0,
      prevoteDeltaMs: 0,
      precommitMs: 0,
      precommitDeltaMs: 0,
    },
    timing: { precisionMs: 0n, messageDelayMs: 0n },
    nextHeight: [],
    last: undefined,
  };
}

/** L1, L10: everything of the old height is forgotten but its certificate. What came early enters by `earlyInputs`. */
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
 * L74: what arrived for the next height, to be given to `step` right after its `start_height`. It goes through the log of
 * its own height like everything else: a lock that rests on early votes must survive a crash.
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

/** L11 to L21. @param entry why we may enter; undefined for round 0 */
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
  // L83: the proposer waits for its own block no longer than the others do.
  const timed = then(voted, (now) => ({
    state: now,
    effects: [scheduleTimeout(now.timeouts, { height: now.height, round, step: "propose" })],
  }));
  return then(timed, (now) => ({ state: now, effects: propose(now) }));
}

/** L14 to L19: the valid value again, never a fresh one while there is one. */
function propose(state: State): readonly Effect[] {
  if (state.selfIndex === undefined || !isOurTurn(state)) return [];
  if (state.valid !== undefined) return [signProposal(state, state.valid.blockId, state.valid.round)];
  const lastCertificate = state.last?.certificate;
  return [{ kind: "build_block", height: state.height, round: state.round, lastCertificate }];
}

export function signProposal(state: State, blockId: BlockId, polRound: number): Effect {
  return { kind: "sign_proposal", height: state.height, round: state.round, polRound, blockId };
}

/** Prevote or precommit; a node without a place in the set says nothing. @param blockId undefined: nil */
export function signVote(state: State, type: VoteType, blockId: BlockId | undefined): readonly Effect[] {
  const { height, round, selfIndex } = state;
  if (selfIndex === undefined) return [];
  return [{ kind: "sign_vote", type, height, round, blockId, index: selfIndex }];
}

export function knownValue(state: State, blockId: BlockId): KnownValue | undefined {
  return state.values.find((value) => equalBlockIds(value.blockId, blockId));
}

/** After a decision: the height's memory is empty, its certificate stays. */
export function decided(state: State, certificate: NonNullable<State["last"]>["certificate"]): State {
  const { height, validators, accused } = state;
  return { ...state, ...FRESH, step: "decided", last: { height, validators, certificate, accused } };
}
