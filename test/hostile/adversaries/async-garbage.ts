import { Agent } from "node:http";
import type { Adversary } from "../adversary.js";
import { ask, lanes, rpcCall } from "../http.js";

const CONNECTIONS_PER_NODE = 4;
const TX_BYTES = 100_000;

export const asyncGarbage: Adversary = {
  name: "async-garbage",
  does: `floods broadcast_tx_async with transactions of ${TX_BYTES / 1000} kB of garbage`,
  seconds: 40,
  control: "quiet",
  async run({ net, random, signal }) {
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_PER_NODE * net.targets.length });
    await lanes(CONNECTIONS_PER_NODE * net.targets.length, signal, async (lane) => {
      const tx = Buffer.alloc(TX_BYTES, random.below(256));
      tx.writeBigUInt64BE(random.u64()); // None is sent twice.
      const { rpcPort } = net.targets[lane % net.targets.length]!;
      await ask(rpcPort, "/", rpcCall("broadcast_tx_async", { tx: tx.toString("base64") }), { agent });
    });
    agent.destroy();
    return undefined;
  },
};
