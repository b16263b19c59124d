import { relative } from "node:path";
import { nodeUrl } from "../client.js";
import type { World } from "../world.js";
import type { LocalNetwork } from "./network/network.js";
import type { ShownAnswer } from "./story/steps/show.js";
import type { Talk } from "./story/talk.js";

/** Where everything is, before anything can go wrong. */
export function printEndpoints({ nodes, chainId }: LocalNetwork, talk: Talk): void {
  talk.say(`${chainId}, ${nodes.length} validators on this machine`);
  for (const { process, rpc, rest } of nodes) {
    talk.say(`${process.name}: RPC ${nodeUrl(rpc)}, REST ${nodeUrl(rest)}, log ${relative("", process.log)}`);
  }
}

/** The next commands, once TRIBD_HOME is set. */
export const suggestions: readonly string[] = [
  "query payout statement alice",
  "verify payout --batch 2",
  "explain payout 2 1",
  "query attribution credits 1",
  "query attribution sample 2",
  "query datanet release 1 1",
  "query usage totals",
  "tx bank send grace alice 5trib --yes",
];

/** The file with the words of the answer that the story ends with, in the home of the first validator: its name has the place. */
export function answerFile({ batchId, voucherId, index }: ShownAnswer): string {
  return `answer-${batchId}-${voucherId}-${index}.txt`;
}

/** The homes know the chain, the node and the role keys. */
export function nextCommands({ out }: World, { first }: LocalNetwork, shown: ShownAnswer): void {
  const { batchId, voucherId, index } = shown;
  out.note(`\n${out.tone.strong("Next")}`);
  out.note(`  export TRIBD_HOME=${relative("", first.process.home)}`);
  out.note(`  tribd explain receipt ${batchId} ${voucherId} ${index} --answer $TRIBD_HOME/${answerFile(shown)}`);
  for (const line of suggestions) out.note(`  tribd ${line}`);
  out.note(`  curl -s ${nodeUrl(first.rpc)}/status`);
  out.note(`\n${out.tone.strong("Explorer")}  ${nodeUrl(first.rest)}`);
}
