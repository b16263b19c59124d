import { Agent } from "node:http";
import type { Adversary } from "../adversary.js";
import { dearestRefused } from "../dearest.js";
import { ask, rpcCall } from "../http.js";
import { seedOf } from "../peer/stranger.js";
import { pause } from "../waiting.js";

const CONNECTIONS = 10;
const PER_SECOND = 100;

export const dearest: Adversary = {
  name: "dearest-refused",
  does: `sends ${PER_SECOND} of the dearest refused transactions a second over ${CONNECTIONS} connections`,
  seconds: 60,
  control: "quiet",
  async run({ net, random, signal, ms }) {
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const make = dearestRefused(net.chainId, net.firstMultisig);
    const gapMs = (1000 * CONNECTIONS) / PER_SECOND;
    const endMs = performance.now() + ms;
    const lane = async (port: number): Promise<void> => {
      for (let dueMs = performance.now(); dueMs < endMs && !signal.aborted; dueMs += gapMs) {
        const tx = Buffer.from(make(Buffer.concat([seedOf(random), seedOf(random)]))).toString("base64");
        const sent = ask(port, "/", rpcCall("broadcast_tx_sync", { tx }), { agent });
        await Promise.race([sent, pause(5_000, signal)]);
        await pause(Math.max(0, dueMs + gapMs - performance.now()), signal);
      }
    };
    await Promise.all(
      Array.from({ length: CONNECTIONS }, (_, i) => lane(net.targets[i % net.targets.length]!.rpcPort)),
    );
    agent.destroy();
    return undefined;
  },
};
