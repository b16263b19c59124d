import { Agent } from "node:http";
import type { Adversary } from "../adversary.js";
import { dearestRefused } from "../dearest.js";
import { ask, rpcCall } from "../http.js";
import { seedOf } from "../peer/stranger.js";
import { pause } from "../waiting.js";

const CONNECTIONS = 10;
const PER_SECOND = 100;
/** A node judges a first burst and then about one a second; all others it refuses unjudged. */
const UNJUDGED_LEAST = 0.75;
const TOO_MANY = 429;
const BUSY = 503;

export const dearest: Adversary = {
  name: "dearest-refused",
  does: `sends ${PER_SECOND} of the dearest refused transactions a second over ${CONNECTIONS} connections`,
  seconds: 60,
  control: "quiet",
  async run({ net, random, signal, ms }) {
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const make = dearestRefused(net.chainId, net.firstMultisig);
    const count = { answered: 0, unjudged: 0, accepted: 0 };
    const gapMs = (1000 * CONNECTIONS) / PER_SECOND;
    const endMs = performance.now() + ms;
    const lane = async (port: number): Promise<void> => {
      for (let dueMs = performance.now(); dueMs < endMs && !signal.aborted; dueMs += gapMs) {
        const tx = Buffer.from(make(Buffer.concat([seedOf(random), seedOf(random)]))).toString("base64");
        const answer = await ask(port, "/", rpcCall("broadcast_tx_sync", { tx }), { agent });
        if (answer?.status === TOO_MANY || answer?.status === BUSY) count.unjudged++;
        else if (answer?.text.includes('"code":0,') === true) count.accepted++;
        if (answer !== undefined) count.answered++;
        await pause(Math.max(0, dueMs + gapMs - performance.now()), signal);
      }
    };
    await Promise.all(
      Array.from({ length: CONNECTIONS }, (_, i) => lane(net.targets[i % net.targets.length]!.rpcPort)),
    );
    agent.destroy();
    if (count.accepted > 0) return `${count.accepted} transactions with a wrong signature were accepted`;
    const share = count.unjudged / Math.max(1, count.answered);
    if (share >= UNJUDGED_LEAST) return undefined;
    return `${count.answered - count.unjudged} of ${count.answered} transactions over the rate were judged`;
  },
};
