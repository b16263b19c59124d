import type { RoundStateJson } from "#proto/rpc/results.js";
import { grouped } from "../../present/amount.js";
import { lineOf } from "../../present/text.js";
import { useAnswer } from "../ask.js";
import { node } from "../node.js";
import { Card, Facts, Id } from "./basic.js";
import { Shown } from "./shown.js";

/** CometBFT's numbers of the steps. */
const STEPS = [
  "",
  "new height",
  "new round",
  "propose",
  "prevote",
  "prevote wait",
  "precommit",
  "precommit wait",
  "commit",
];

/** The round that runs, as this node sees it. */
export function LiveRound() {
  const answer = useAnswer("round", async () => (await node.call("dump_consensus_state", {})).round_state, true);
  return (
    <Card title="The running round" extra="as this node sees it">
      <Shown answer={answer}>{(state) => <Round state={state} />}</Shown>
    </Card>
  );
}

function Round({ state: { height, round, step, validators, votes } }: { readonly state: RoundStateJson }) {
  const current = votes.find((each) => each.round === round);
  return (
    <Facts
      rows={[
        ["Height", grouped(height)],
        ["Round", String(round)],
        ["Step", STEPS[step] ?? `step ${step}`],
        ["Proposer", <Id id={validators.proposer?.address ?? ""} page="validator" what="the proposer's address" />],
        ["Prevotes", current === undefined ? "none yet" : bits(current.prevotes_bit_array)],
        ["Precommits", current === undefined ? "none yet" : bits(current.precommits_bit_array)],
      ]}
    />
  );
}

/** "BA{4:xx_x} 3/4 = 0.75": what counts is in the middle. */
function bits(text: string): string {
  const power = /\} (\S+)\/(\S+) = /.exec(text);
  const marks = /\{\d+:([x_]*)\}/.exec(text)?.[1] ?? "";
  const count = [...marks].filter((mark) => mark === "x").length;
  return power === null ? lineOf(text, 60) : `${count} of ${marks.length} validators`;
}
