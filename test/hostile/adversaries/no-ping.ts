import { protocolId, protocols } from "#p2p/protocols/table.js";
import { frameBytes } from "#p2p/transport/framer.js";
import type { Adversary, NetView, Target } from "../adversary.js";
import { stranger } from "../fuzz/p2p-client.js";
import { seedOf } from "../peer/stranger.js";
import type { SeededRandom } from "../../simulation/random.js";
import { pause } from "../waiting.js";

const PEERS_PER_NODE = 3;
const HELLO = Uint8Array.of(1);

export const noPing: Adversary = {
  name: "no-ping",
  does: "is a peer in every way but one: it answers no libp2p ping",
  seconds: 45,
  secondsLeast: 45, // A node asks every 10 s and waits for up to 20 s.
  control: "quiet",
  async run({ net, random, signal }) {
    const all = net.targets.flatMap((target) => Array.from({ length: PEERS_PER_NODE }, () => target));
    await Promise.all(
      all.map(async (target) => {
        while (!signal.aborted) {
          await link(net, target, random, signal).catch(() => undefined); // Refused: it comes again.
          await pause(1_000, signal);
        }
      }),
    );
    return undefined;
  },
};

/** Opens the streams that make it a peer, and says hello on each; whatever the node opens is accepted, and never read. */
async function link(net: NetView, { p2pPort }: Target, random: SeededRandom, signal: AbortSignal): Promise<void> {
  const address = `/ip4/127.0.0.1/tcp/${p2pPort}`;
  const peer = await stranger({ address, stage: "streams", seed: seedOf(random) });
  for (const { kind, name } of Object.values(protocols)) {
    if (kind !== "frames") continue;
    const stream = await peer.open(protocolId(net.network, name));
    if (stream?.writeStatus === "writable") stream.send(frameBytes(HELLO));
  }
  const gone = new AbortController();
  void peer.closed.then(() => gone.abort());
  await pause(2 ** 31 - 1, AbortSignal.any([signal, gone.signal]));
  peer.cut();
}
