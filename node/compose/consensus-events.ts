import { proposerOfRound } from "#consensus/proposer.js";
import type { State, StepName } from "#consensus/types.js";
import { equalBlockIds } from "#proto/types/block-id.js";
import { equalBytes } from "#proto/bytes.js";
import type { Taken } from "../drive/deps.js";
import type { NodeEvent, RoundEvent } from "../rpc/deps.js";

/** CometBFT's names of steps. */
const STEP: Readonly<Record<StepName, string>> = {
  idle: "RoundStepNewHeight",
  propose: "RoundStepPropose",
  prevote: "RoundStepPrevote",
  precommit: "RoundStepPrecommit",
  decided: "RoundStepCommit",
};

/** Events of a step of consensus, as CometBFT has them: a counted vote, a step, a round, a complete block, a lock. */
export function consensusEvents({ input, before, after }: Taken): readonly NodeEvent[] {
  if (before === after) return [];
  const at = { height: after.height, round: after.round, step: STEP[after.step] };
  const round = (name: RoundEvent["name"]): NodeEvent => ({ kind: "round", name, ...at });
  const sameHeight = before.height === after.height;
  const entered = !sameHeight || before.round !== after.round;
  const { locked, valid } = after;
  const events: NodeEvent[] = [];
  if (input.kind === "vote") events.push({ kind: "vote", vote: input.vote });
  if (entered) events.push({ kind: "new_round", ...at, proposer: proposer(after) });
  if (input.kind === "built" || (input.kind === "proposed_value" && input.valid)) {
    events.push({ kind: "complete_proposal", ...at, blockId: input.blockId });
  }
  if (sameHeight && valid !== undefined && valid !== before.valid) events.push(round("Polka"));
  if (sameHeight && locked !== undefined && locked !== before.locked) {
    const again = before.locked !== undefined && equalBlockIds(before.locked.blockId, locked.blockId);
    events.push(round(again ? "Relock" : "Lock"));
  }
  if (entered || before.step !== after.step) events.push(round("NewRoundStep"));
  return events;
}

function proposer(state: State): { address: Uint8Array; index: number } {
  const address = proposerOfRound(state, state.round);
  return { address, index: state.validators.members.findIndex((member) => equalBytes(member.address, address)) };
}
