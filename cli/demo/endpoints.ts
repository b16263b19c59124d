import { relative } from "node:path";
import { nodeUrl } from "../client.js";
import type { World } from "../world.js";
import type { LocalNetwork } from "./network/network.js";
import type { Talk } from "./story/talk.js";

/** Where everything is, before anything can go wrong. */
export function printEndpoints({ nodes, chainId }: LocalNetwork, talk: Talk): void {
  talk.say(`${chainId}, ${nodes.length} validators on this machine`);
  for (const { process, rpc, rest } of nodes) {
    talk.say(`${process.name}: RPC ${nodeUrl(rpc)}, REST ${nodeUrl(rest)}, log ${relative("", process.log)}`);
  }
}

/** What to type next, once TRIBD_HOME is set. */
export const suggestions: readonly string[] = [
  "query payout statement alice",
  "verify payout --batch 2",
  "query attribution credits 1",
  "query attribution sample 2",
  "query datanet release 1 1",
  "query usage totals",
  "tx bank send grace alice 5trib --yes",
];

/** The homes know the chain, the node and the role keys. */
export function nextCommands({ out }: World, { first }: LocalNetwork): void {
  out.note(`\n${out.tone.strong("Next")}`);
  out.note(`  export TRIBD_HOME=${relative("", first.process.home)}`);
  for (const line of suggestions) out.note(`  tribd ${line}`);
  out.note(`  curl -s ${nodeUrl(first.rpc)}/status`);
}
