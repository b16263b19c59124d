import { equalBlockIds } from "#proto/types/block-id.js";
import { isOneHonest } from "#proto/types/validators.js";
import { PRECOMMIT, PREVOTE } from "#proto/types/vote.js";
import { certificateOf, roundCertificate } from "./certificates.js";
import { decided, knownValue, signVote, startRound } from "./round.js";
import { currentLog, roundLog } from "./rounds.js";
import { isTimely } from "./timeliness.js";
import { scheduleTimeout } from "./timeouts.js";
import type { BlockId, KnownProposal, KnownValue, State, Step, TimedStep, Vote } from "./types.js";
import { firstVotes, hasQuorum, hasQuorumOfAny, quorumBlock } from "./votes.js";

/**
 * An upon rule: returns undefined if it is not enabled in this state. The paper lets enabled rules fire in any order; the
 * table fixes one, so that every replay is the same (L86).
 */
type Rule = (state: State) => Step | undefined;

/** The upon rules in the order in which `step` tries them (L86). */
export const rules: readonly Rule[] = [
  decide,
  skipToLaterRound,
  adoptLatePolka,
  prevoteFreshValue,
  prevoteKnownValue,
  lockOnPolka,
  precommitNil,
  waitForPrevotes,
  waitForPrecommits,
];

/** L49 to L54, T10: decides a judged block that has a quorum of precommits in any round of this height. */
function decide(state: State): Step | undefined {
  for (const log of state.rounds) {
    const blockId = quorumBlock(log.precommits, state.validators);
    const value = blockId === undefined ? undefined : knownValue(state, blockId);
    if (blockId === undefined || value === undefined) continue;
    const certificate = certificateOf(log.precommits, state.height, log.round, blockId);
    if (value.valid) {
      const { height } = state;
      const effect = { kind: "decide", height, round: log.round, blockId, certificate } as const;
      return { state: decided(state, certificate), effects: [effect] };
    }
    if (!state.disagreed) {
      return { state: { ...state, disagreed: true }, effects: [{ kind: "disagree", certificate }] }; // L84
    }
  }
  return undefined;
}

/** L55, L56, T11: enters a later round once distinct senders with more than a third of the power have reached it. */
function skipToLaterRound(state: State): Step | undefined {
  if (state.early.length === 0 && state.rounds.at(-1)?.round === state.round) return undefined;
  const descending = latestVotes(state).sort((a, b) => b.round - a.round || a.index - b.index);
  let power = 0n;
  for (const vote of descending) {
    power += state.validators.members[vote.index]!.power;
    if (!isOneHonest(power, state.validators.totalPower)) continue;
    const { round } = vote;
    const proof = descending.filter((each) => each.round >= round);
    return startRound(state, round, roundCertificate(state.height, round, proof));
  }
  return undefined;
}

/** For each validator its vote of the highest round beyond ours. */
function latestVotes(state: State): Vote[] {
  const latest = new Map<number, Vote>();
  const consider = (vote: Vote | undefined): void => {
    if (vote === undefined) return;
    const known = latest.get(vote.index);
    if (known === undefined || known.round < vote.round) latest.set(vote.index, vote);
  };
  for (const { prevote, precommit } of state.early) {
    consider(prevote);
    consider(precommit);
  }
  for (const log of state.rounds) {
    if (log.round <= state.round) continue;
    for (const vote of firstVotes(log.prevotes)) consider(vote);
    for (const vote of firstVotes(log.precommits)) consider(vote);
  }
  return [...latest.values()];
}

/** L77, T21: a late polka of an earlier round sets the valid value, so that the next proposer offers what others lock on. */
function adoptLatePolka(state: State): Step | undefined {
  for (let i = state.rounds.length - 1; i >= 0; i--) {
    const log = state.rounds[i]!;
    if (log.round >= state.round) continue;
    if (log.round <= (state.valid?.round ?? -1)) return undefined;
    const blockId = quorumBlock(log.prevotes, state.validators);
    if (blockId === undefined || knownValue(state, blockId)?.valid !== true) continue;
    return { state: { ...state, valid: { blockId, round: log.round } }, effects: [] };
  }
  return undefined;
}

/** L22 to L27, T4: prevotes a fresh proposal of this round, or nil. */
function prevoteFreshValue(state: State): Step | undefined {
  const { proposal: known } = currentLog(state);
  if (state.step !== "propose" || known?.proposal.blockId === undefined || known.proposal.polRound !== -1) {
    return undefined;
  }
  const { blockId } = known.proposal;
  const value = knownValue(state, blockId);
  if (value === undefined) return undefined;
  const free = state.locked === undefined || equalBlockIds(state.locked.blockId, blockId);
  return prevote(state, isFresh(state, value, known) && free ? blockId : undefined);
}

/** A fresh value was made for this very round, and its time is plausible (L73). */
function isFresh(state: State, value: KnownValue, known: KnownProposal): boolean {
  if (!value.valid || value.round !== state.round) return false;
  return isTimely(state.timing, state.round, value.timeMs, known.receivedTimeMs);
}

/** L28 to L33, T5: prevotes a proposal with an earlier polka round, or nil. Not enabled until our own log has that polka. */
function prevoteKnownValue(state: State): Step | undefined {
  const { proposal: known } = currentLog(state);
  if (state.step !== "propose" || known?.proposal.blockId === undefined || known.proposal.polRound < 0) {
    return undefined;
  }
  const { blockId, polRound } = known.proposal;
  const polka = roundLog(state, polRound)?.prevotes;
  const value = knownValue(state, blockId);
  if (polka === undefined || value === undefined || !hasQuorum(polka, state.validators, blockId)) return undefined;
  const { locked } = state;
  const free = locked === undefined || locked.round <= polRound || equalBlockIds(locked.blockId, blockId);
  return prevote(state, value.valid && free ? blockId : undefined);
}

function prevote(state: State, blockId: BlockId | undefined): Step {
  return { state: { ...state, step: "prevote" }, effects: signVote(state, PREVOTE, blockId) };
}

/** L36 to L43, T7: in step prevote, locks the block and precommits it. In step precommit, only sets the valid value. */
function lockOnPolka(state: State): Step | undefined {
  if (state.fired.polka || (state.step !== "prevote" && state.step !== "precommit")) return undefined;
  const blockId = quorumBlock(currentLog(state).prevotes, state.validators);
  if (blockId === undefined || knownValue(state, blockId)?.valid !== true) return undefined;
  const valid = { blockId, round: state.round };
  const adopted: State = { ...state, valid, fired: { ...state.fired, polka: true } };
  if (state.step === "precommit") return { state: adopted, effects: [] };
  return { state: { ...adopted, locked: valid, step: "precommit" }, effects: signVote(state, PRECOMMIT, blockId) };
}

/** L44 to L46, T8: precommits nil on a quorum of nil prevotes. The lock stays. */
function precommitNil(state: State): Step | undefined {
  if (state.step !== "prevote") return undefined;
  if (!hasQuorum(currentLog(state).prevotes, state.validators, undefined)) return undefined;
  return { state: { ...state, step: "precommit" }, effects: signVote(state, PRECOMMIT, undefined) };
}

/** L34, L35, T6: starts the prevote timer. */
function waitForPrevotes(state: State): Step | undefined {
  if (state.step !== "prevote" || state.fired.prevoteTimer) return undefined;
  if (!hasQuorumOfAny(currentLog(state).prevotes, state.validators)) return undefined;
  return wait({ ...state, fired: { ...state.fired, prevoteTimer: true } }, "prevote");
}

/** L47, L48, T9: starts the precommit timer. */
function waitForPrecommits(state: State): Step | undefined {
  if (state.fired.precommitTimer || !hasQuorumOfAny(currentLog(state).precommits, state.validators)) return undefined;
  return wait({ ...state, fired: { ...state.fired, precommitTimer: true } }, "precommit");
}

function wait(state: State, step: TimedStep): Step {
  const { height, round, timeouts } = state;
  return { state, effects: [scheduleTimeout(timeouts, { height, round, step })] };
}

/** L57 to L67, T12 to T14. A timer of another height, round or step has no effect. */
export function onTimeout(state: State, timeout: { height: bigint; round: number; step: TimedStep }): Step {
  const stale = timeout.height !== state.height || timeout.round !== state.round;
  if (stale || state.step === "decided" || state.step === "idle") return { state, effects: [] };
  if (timeout.step === "propose" && state.step === "propose") return prevote(state, undefined);
  if (timeout.step === "prevote" && state.step === "prevote") {
    return { state: { ...state, step: "precommit" }, effects: signVote(state, PRECOMMIT, undefined) };
  }
  if (timeout.step !== "precommit") return { state, effects: [] };
  const proof = firstVotes(currentLog(state).precommits);
  return startRound(state, state.round + 1, roundCertificate(state.height, state.round, proof));
}
