import "./polyfill.js";
import { lookup } from "node:dns/promises";
import type { ComponentLogger, Logger, MessageStream, MultiaddrConnection, Upgrader } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { peerIdFromPrivateKey, peerIdFromString } from "@libp2p/peer-id";
import { tcp } from "@libp2p/tcp";
import { multiaddr, type Multiaddr } from "@multiformats/multiaddr";
import { utf8, type Bytes } from "#proto/bytes.js";
import { P2pFault, type PeerId } from "../host.js";
import type { ByteListener, OnByteLink } from "./byte-link.js";
import { nodeKey } from "./identity.js";

export interface NoiseEnd {
  /** Of the key that proves who we are: 32 bytes. */
  readonly seed: Bytes;
  /** The one peer that may be at the other end. */
  readonly peer: PeerId;
  readonly host: string;
  readonly port: number;
}

/** A handshake is three messages; one that takes longer will not finish. */
const HANDSHAKE_MS_MAX = 5_000;
/** Handshakes and links at once; there is one right peer, and strangers must not fill the table of sockets. */
const SOCKETS_MAX = 32;
/** Bound into the handshake: a connection of another protocol under the same key cannot pass for one of this. */
const PROLOGUE = utf8("/tributary/link/1");

/**
 * TCP behind a Noise handshake in which each side proves its key and compares the other's with the one it was told:
 * libp2p's own TCP and Noise, without its multiplexer and its protocols.
 * @throws the system's error for an address that cannot be listened on
 */
export async function listenNoise(end: NoiseEnd, onLink: OnByteLink): Promise<ByteListener> {
  const secure = await handshake(end);
  const upgrader = {
    upgradeInbound: async (raw: MultiaddrConnection) => carry(await secure("inbound", raw), end.peer, onLink),
  };
  const listener = transport().createListener({ upgrader: upgrader as unknown as Upgrader });
  await listener.listen(await address(end));
  const port =
    listener
      .getAddrs()[0]
      ?.getComponents()
      .find(({ name }) => name === "tcp")?.value ?? end.port;
  return { address: `tcp://${end.host}:${port}`, close: () => listener.close() };
}

/** @throws P2pFault dial_failed: no listener there, or one with another key */
export async function dialNoise(end: NoiseEnd, onLink: OnByteLink): Promise<void> {
  const secure = await handshake(end);
  const upgrader = {
    upgradeOutbound: async (raw: MultiaddrConnection) => carry(await secure("outbound", raw), end.peer, onLink),
  };
  // The system's socket listens to this signal for its whole life: it must never fire once the link is up.
  const attempt = new AbortController();
  const timer = setTimeout(() => attempt.abort(), HANDSHAKE_MS_MAX);
  try {
    await transport().dial(await address(end), { upgrader: upgrader as unknown as Upgrader, signal: attempt.signal });
  } catch (error) {
    const why = (error as Error).message;
    throw new P2pFault("dial_failed", `${end.host}:${end.port}: ${why}`, error);
  } finally {
    clearTimeout(timer);
  }
}

type Secure = (direction: "inbound" | "outbound", raw: MultiaddrConnection) => Promise<MessageStream>;

async function handshake({ seed, peer }: NoiseEnd): Promise<Secure> {
  const privateKey = await nodeKey(seed);
  const remotePeer = peerIdFromString(peer);
  if (remotePeer.publicKey === undefined) throw new P2pFault("bad_address", `${peer} does not hold a public key`);
  const upgrader = { getStreamMuxers: () => new Map() } as unknown as Upgrader;
  const encrypter = noise({ prologueBytes: PROLOGUE })({
    peerId: peerIdFromPrivateKey(privateKey),
    privateKey,
    logger,
    upgrader,
  });
  return async (direction, raw) => {
    const options = { remotePeer, signal: AbortSignal.timeout(HANDSHAKE_MS_MAX), skipStreamMuxerNegotiation: true };
    const secured =
      direction === "inbound"
        ? await encrypter.secureInbound(raw, options)
        : await encrypter.secureOutbound(raw, options);
    return secured.connection;
  };
}

function carry(stream: MessageStream, remote: PeerId, onLink: OnByteLink): void {
  const events = onLink({
    remote,
    send(bytes) {
      if (stream.status !== "open") return;
      try {
        stream.send(bytes);
      } catch (error) {
        stream.abort(error as Error); // The connection below went first; its close event follows.
      }
    },
    close() {
      // The other side may be gone already, and needs no farewell.
      stream.close().catch((error: unknown) => stream.abort(error as Error));
    },
  });
  stream.addEventListener("message", ({ data }) =>
    events.bytes(Uint8Array.from(data instanceof Uint8Array ? data : data.subarray())),
  );
  stream.addEventListener("close", ({ error }) => events.closed(error?.message ?? "closed"));
}

function transport() {
  return tcp({ maxConnections: SOCKETS_MAX })({ logger });
}

async function address({ host, port }: NoiseEnd): Promise<Multiaddr> {
  const { address: ip, family } = await lookup(host);
  return multiaddr(`/ip${family}/${ip}/tcp/${port}`);
}

/** No log of the handshake: the fault of its failure has the reason. */
const quiet: Logger = Object.assign(() => undefined, {
  error: () => undefined,
  trace: () => undefined,
  enabled: false,
  newScope: (): Logger => quiet,
});
const logger: ComponentLogger = { forComponent: () => quiet };
