import { Agent } from "node:http";
import type { Adversary } from "../adversary.js";
import { ask, lanes } from "../http.js";

const BODY_BYTES = 999_000;

export const hollowBatches: Adversary = {
  name: "hollow-batches",
  does: "posts batches of 1 MB that consist of empty objects, over one connection to each node",
  seconds: 30,
  control: "quiet",
  async run({ net, signal }) {
    const body = `[${Array.from({ length: BODY_BYTES / 3 }, () => "{}").join(",")}]`;
    const agent = new Agent({ keepAlive: true });
    await lanes(net.targets.length, signal, (lane) => ask(net.targets[lane]!.rpcPort, "/", body, { agent }));
    agent.destroy();
    return undefined;
  },
};
