import type { Adversary } from "../adversary.js";
import { stranger, type Stranger } from "../fuzz/p2p-client.js";
import { seedOf } from "../peer/stranger.js";
import { pause, rest, restartVictim, victimIsBack } from "../waiting.js";
import type { Bytes } from "#proto/bytes.js";

const CONNECTIONS_PER_NODE = 98;
const BACK_MS_MAX = 30_000;

export const oneIdentity: Adversary = {
  name: "one-identity",
  does: `holds ${CONNECTIONS_PER_NODE} connections a node, all of one identity, while a validator is restarted`,
  seconds: 40,
  secondsLeast: 20,
  control: "restart",
  async run(attack) {
    const { net, random, signal } = attack;
    const seed = seedOf(random);
    const holding = Promise.all(net.targets.map(({ p2pPort }) => hold(p2pPort, seed, signal)));
    await pause(4_000, signal);
    await restartVictim(attack);
    const problem = await victimIsBack(attack, BACK_MS_MAX);
    await rest(signal);
    await holding;
    return problem;
  },
};

async function hold(port: number, seed: Bytes, signal: AbortSignal): Promise<void> {
  const open = new Set<Stranger>();
  while (!signal.aborted) {
    if (open.size >= CONNECTIONS_PER_NODE) {
      await pause(100, signal);
      continue;
    }
    try {
      const peer = await stranger({ address: `/ip4/127.0.0.1/tcp/${port}`, stage: "yamux", seed });
      open.add(peer);
      void peer.closed.then(() => open.delete(peer));
    } catch {
      await pause(100, signal); // Refused: it comes again.
    }
  }
  for (const peer of open) peer.cut();
}
