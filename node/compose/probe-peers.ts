import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { Genesis } from "#proto/types/genesis.js";
import { P2pFault } from "#p2p/host.js";
import { createLibp2pTransport } from "#p2p/transport/libp2p/transport.js";
import type { Transport, TransportEvents } from "#p2p/transport/transport.js";
import type { PeerAddress } from "../config/peers.js";
import { osClock } from "../runtime/clock.js";
import { multiaddr } from "./endpoint.js";
import { networkOf } from "./host.js";

const CONNECT_MS_MAX = 3_000;

export interface Probed {
  /** host:port */
  readonly address: string;
  /** Undefined: it is there, it is who it should be, and it speaks this chain. */
  readonly problem: string | undefined;
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Admits the peers that it dials, and answers nothing. */
const guest: TransportEvents = {
  admits: () => true,
  standing: () => "named",
  linked: () => undefined,
  unlinked: () => undefined,
  frame: () => undefined,
  question: () => Promise.resolve(undefined),
  gossip: () => "ignore",
  malformed: () => undefined,
};

/** Dials each peer once, under an identity made for it: a running node of this home is not disturbed. */
export async function probePeers(peers: readonly PeerAddress[], genesis: Genesis): Promise<Probed[]> {
  const transport = await createLibp2pTransport(
    { seed: Uint8Array.from(randomBytes(32)), listen: [], network: networkOf(genesis) },
    { clock: osClock(), log: silent },
  );
  await transport.start(guest);
  try {
    return await Promise.all(
      peers.map(async (peer) => ({ address: `${peer.host}:${peer.port}`, problem: await problemOf(transport, peer) })),
    );
  } finally {
    await transport.stop();
  }
}

async function problemOf(transport: Transport, { id, host, port }: PeerAddress): Promise<string | undefined> {
  const refused = await connectFailure(host, port);
  if (refused !== undefined) return `no TCP connection (${refused})`;
  try {
    await transport.dial(`${multiaddr({ host, port })}/p2p/${id}`);
    return undefined;
  } catch (error) {
    if (!(error instanceof P2pFault)) throw error;
    return meaningOf(error);
  }
}

function connectFailure(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS_MAX });
    const done = (failure: string | undefined): void => {
      resolve(failure);
      socket.destroy();
    };
    socket.once("connect", () => done(undefined));
    socket.once("timeout", () => done(`no answer in ${CONNECT_MS_MAX / 1_000} s`));
    socket.on("error", (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
  });
}

/** libp2p's errors in words for the operator who named the peer. */
function meaningOf({ message }: P2pFault): string {
  if (/identity key|peer ?id|expected peer/i.test(message)) return "another node listens there: its id is not this one";
  if (/no stream|protocols did not come up/i.test(message)) return "it is of another chain, or of another genesis";
  return `it does not let us in (${message})`;
}
