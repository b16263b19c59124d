import { equalBytes } from "#proto/bytes.js";
import { initialState } from "./round.js";
import { roundLog, votesIn } from "./rounds.js";
import { step } from "./step.js";
import type { Effect, Input, SignProposal, SignVote, State } from "./types.js";

/**
 * L86: after a crash the state is the fold of `step` over the log. Effects whose answer is not in the log are carried out
 * again. This is safe for signatures: the signer returns the same signature for the same vote or proposal.
 */

/** The result of replaying a log. */
export interface Replayed {
  readonly state: State;
  /** Effects whose answer is not in the log, in order: the node carries them out before it takes new inputs. */
  readonly open: readonly Effect[];
  /** Signatures that the last height of the log asked for, answered or not. */
  readonly asked: readonly (SignVote | SignProposal)[];
}

/** L86: folds `step` over the logged inputs, from an empty state unless `from` is given. Deterministic and total. */
export function replay(inputs: Iterable<Input>, from: State = initialState()): Replayed {
  let state = from;
  let effects: Effect[] = [];
  let asked: (SignVote | SignProposal)[] = [];
  for (const input of inputs) {
    const after = step(state, input);
    // The open effects of a finished height no longer matter.
    const isSame = after.state.height === state.height;
    effects = isSame ? [...effects, ...after.effects] : [...after.effects];
    if (!isSame) asked = [];
    for (const effect of after.effects) {
      if (effect.kind === "sign_vote" || effect.kind === "sign_proposal") asked.push(effect);
    }
    state = after.state;
    effects = effects.filter((effect) => !isAnswered(effect, input));
  }
  return { state, open: effects.filter((effect) => isOpen(effect, state)), asked };
}

function isAnswered(effect: Effect, input: Input): boolean {
  if (effect.kind === "schedule_timeout" && input.kind === "timeout_elapsed") {
    const { height, round, step: name } = effect.timeout;
    return height === input.timeout.height && round === input.timeout.round && name === input.timeout.step;
  }
  if (effect.kind === "build_block" && input.kind === "built") {
    return effect.height === input.height && effect.round === input.round;
  }
  return false;
}

/** Is the answer still awaited in this state? A reported piece of evidence is reported again: the receiver deduplicates. */
function isOpen(effect: Effect, state: State): boolean {
  switch (effect.kind) {
    case "build_block":
      return isCurrent(effect, state) && state.step === "propose";
    case "sign_proposal":
      return isCurrent(effect, state) && !hasOwnProposal(state, effect.round);
    case "sign_vote":
      return isCurrent(effect, state) && !hasOwnVote(effect, state);
    case "schedule_timeout":
      return isCurrent(effect.timeout, state);
    case "publish":
      return false; // `rebroadcast` repeats it as long as it matters.
    case "decide":
      return state.step === "decided" && effect.height === state.height;
    case "disagree":
    case "report_evidence":
      return true;
  }
}

const isCurrent = (at: { readonly height: bigint; readonly round: number }, state: State): boolean =>
  state.step !== "decided" && at.height === state.height && at.round === state.round;

function hasOwnProposal(state: State, round: number): boolean {
  const known = roundLog(state, round)?.proposal;
  return known !== undefined && state.self !== undefined && equalBytes(known.proposal.proposer, state.self);
}

function hasOwnVote({ type, round, index }: Effect & { kind: "sign_vote" }, state: State): boolean {
  const log = roundLog(state, round);
  return log !== undefined && (votesIn(log, type).votes[index]?.length ?? 0) > 0;
}
