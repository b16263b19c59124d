import { equalBytes, type Bytes } from "#proto/bytes.js";
import { equalBlockIds } from "#proto/types/block-id.js";
import { PRECOMMIT, PREVOTE } from "#proto/types/vote.js";
import { votesOf } from "./certificates.js";
import { stay, then, thenAll } from "./flow.js";
import { isOurTurn } from "./proposer.js";
import { recordForNextHeight, recordLate, recordProposal, recordVote } from "./record.js";
import { knownValue, signProposal, startHeight } from "./round.js";
import { onTimeout, rules } from "./rules.js";
import type {
  Built,
  CommitReceived,
  Effect,
  Input,
  KnownValue,
  Message,
  PolkaReceived,
  ProposalInput,
  RoundReceived,
  State,
  Step,
  VoteInput,
} from "./types.js";

/**
 * Applies one input and fires the enabled upon rules; the effects are to be carried out in order. Pure and total: no
 * input throws. Inputs must be verified: signatures, certificates and sizes by proto/light, blocks by the chain.
 */
export function step(state: State, input: Input): Step {
  return settle(receive(state, input));
}

function receive(state: State, input: Input): Step {
  switch (input.kind) {
    case "start_height":
      return startHeight(state, input);
    case "proposal":
      return onProposal(state, input);
    case "proposed_value":
      return stay(isRunning(state, input.height) ? withValue(state, input) : state);
    case "built":
      return onBuilt(state, input);
    case "vote":
      return onVote(state, input);
    case "timeout_elapsed":
      return onTimeout(state, input.timeout);
    case "polka":
      return onPolka(state, input);
    case "commit":
      return onCommit(state, input);
    case "round":
      return onRound(state, input);
  }
}

/** Fires the upon rules until none is enabled. Each fires a bounded number of times a round, and rounds only grow. */
function settle(first: Step): Step {
  let result = first;
  for (;;) {
    const fired = fireOne(result.state);
    if (fired === undefined) return result;
    result = then(result, () => fired);
  }
}

function fireOne(state: State): Step | undefined {
  if (state.step === "decided" || state.step === "idle") return undefined;
  for (const rule of rules) {
    const fired = rule(state);
    if (fired !== undefined) return fired;
  }
  return undefined;
}

const isRunning = (state: State, height: bigint): boolean =>
  height === state.height && state.step !== "decided" && state.step !== "idle";

const isNextHeight = (state: State, height: bigint): boolean => state.step !== "idle" && height === state.height + 1n;

function onProposal(state: State, { proposal, receivedTimeMs }: ProposalInput): Step {
  const known = { proposal, receivedTimeMs };
  if (isNextHeight(state, proposal.height)) return recordForNextHeight(state, known);
  if (!isRunning(state, proposal.height)) return stay(state);
  return publishOwn(state, recordProposal(state, known), proposal.proposer, { kind: "proposal", proposal });
}

function onVote(state: State, { vote }: VoteInput): Step {
  if (isNextHeight(state, vote.height)) return recordForNextHeight(state, vote);
  if (isRunning(state, vote.height)) {
    return publishOwn(state, recordVote(state, vote, false), vote.validator, { kind: "vote", vote });
  }
  if (vote.height !== state.last?.height) return stay(state);
  return publishOwn(state, recordLate(state, vote), vote.validator, { kind: "vote", vote });
}

/** Publishes our own message after it came back from the signer as an input, and is therefore in the log. */
function publishOwn(before: State, after: Step, author: Bytes, message: Message): Step {
  if (before.self === undefined || !equalBytes(author, before.self) || after.state === before) return after;
  const effect: Effect = { kind: "publish", message };
  return { state: after.state, effects: [...after.effects, effect] };
}

/** L76: judged blocks kept per height. A dropped one can be wanted, and judged, again. */
const VALUES_KEPT = 8;

function withValue(state: State, { blockId, round, timeMs, valid }: KnownValue): State {
  if (knownValue(state, blockId) !== undefined) return state;
  const values = [...state.values, { blockId, round, timeMs, valid }];
  if (values.length <= VALUES_KEPT) return { ...state, values };
  const bound = [state.locked?.blockId, state.valid?.blockId];
  const oldest = values.findIndex((value) => !bound.some((each) => equalBlockIds(each, value.blockId)));
  return { ...state, values: values.toSpliced(oldest, 1) };
}

/** L16 to L19: proposes our block if its round is still waiting for it. */
function onBuilt(state: State, { height, round, blockId, timeMs }: Built): Step {
  if (!isRunning(state, height) || round !== state.round || state.step !== "propose") return stay(state);
  if (!isOurTurn(state) || state.selfIndex === undefined) return stay(state);
  const after = withValue(state, { blockId, round, timeMs, valid: true });
  // A valid value found while the block was built goes first (T2).
  const { valid } = state;
  const effect =
    valid === undefined ? signProposal(after, blockId, -1) : signProposal(after, valid.blockId, valid.round);
  return { state: after, effects: [effect] };
}

/** L78: a certificate is recorded as its votes. */
function onPolka(state: State, { certificate }: PolkaReceived): Step {
  if (!isRunning(state, certificate.height)) return stay(state);
  return thenAll(stay(state), votesOf(certificate, PREVOTE), (now, vote) => recordVote(now, vote, true));
}

function onCommit(state: State, { certificate }: CommitReceived): Step {
  const votes = votesOf(certificate, PRECOMMIT);
  if (isRunning(state, certificate.height)) {
    return thenAll(stay(state), votes, (now, vote) => recordVote(now, vote, true));
  }
  const { last } = state;
  const more = last?.height === certificate.height && equalBlockIds(last.certificate.blockId, certificate.blockId);
  return more ? thenAll(stay(state), votes, recordLate) : stay(state);
}

function onRound(state: State, { certificate }: RoundReceived): Step {
  if (!isRunning(state, certificate.height)) return stay(state);
  return thenAll(stay(state), certificate.votes, (now, vote) =>
    vote.height === now.height ? recordVote(now, vote, false) : stay(now),
  );
}
