import type { Bytes } from "#proto/bytes.js";
import type { Verdict } from "#p2p/host.js";
import { createLibp2pTransport } from "#p2p/transport/libp2p/transport.js";
import type { Transport } from "#p2p/transport/transport.js";
import { osClock } from "#node/runtime/clock.js";
import type { SeededRandom } from "../../simulation/random.js";
import type { NetView, Target } from "../adversary.js";

/** What a stranger does with what nodes send it; by default nothing. */
export interface StrangerHandlers {
  readonly onFrame?: (peer: string, protocol: string, frame: Bytes) => void;
  readonly onQuestion?: (peer: string, protocol: string, question: Bytes) => Promise<Bytes | undefined>;
}

/** A peer that speaks the node's own protocols over the node's own transport, without any of the node's restraint. */
export interface Stranger {
  readonly transport: Transport;
  /** The nodes that it is connected with. */
  readonly linked: ReadonlySet<string>;
  /** False when the node does not want it. */
  dial(target: Target): Promise<boolean>;
  stop(): Promise<void>;
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export async function stranger(
  net: NetView,
  random: SeededRandom,
  handlers: StrangerHandlers = {},
  topics: readonly string[] = [],
): Promise<Stranger> {
  const linked = new Set<string>();
  const transport = await createLibp2pTransport(
    { seed: seedOf(random), listen: [], network: net.network },
    { clock: osClock(), log: silent },
  );
  for (const topic of topics) transport.subscribe(topic);
  await transport.start({
    admits: () => true,
    standing: () => "named",
    linked: (peer) => void linked.add(peer),
    unlinked: (peer) => void linked.delete(peer),
    frame: (peer, protocol, frame) => handlers.onFrame?.(peer, protocol, frame),
    question: (peer, protocol, question) =>
      handlers.onQuestion?.(peer, protocol, question) ?? Promise.resolve(undefined),
    gossip: (): Verdict => "ignore",
    malformed: () => undefined,
  });
  return {
    transport,
    linked,
    async dial({ p2pPort, peerId }) {
      try {
        await transport.dial(`/ip4/127.0.0.1/tcp/${p2pPort}/p2p/${peerId}`);
        return true;
      } catch {
        return false; // Refused, banned, full, or the node is down: the caller decides whether to come again.
      }
    },
    stop: () => transport.stop(),
  };
}

/** Strangers that are connected with all nodes that take them. */
export async function strangers(
  net: NetView,
  random: SeededRandom,
  count: number,
  handlers: StrangerHandlers = {},
  topics: readonly string[] = [],
): Promise<Stranger[]> {
  const all = await Promise.all(Array.from({ length: count }, () => stranger(net, random, handlers, topics)));
  await Promise.all(all.flatMap((one) => net.targets.map((target) => one.dial(target))));
  return all;
}

export function seedOf(random: SeededRandom): Bytes {
  return Uint8Array.from({ length: 32 }, () => random.below(256));
}
