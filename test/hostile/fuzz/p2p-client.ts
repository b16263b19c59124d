import "#p2p/transport/polyfill.js";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import type {
  ComponentLogger,
  Connection,
  Logger,
  MessageStream,
  MultiaddrConnection,
  Stream,
  StreamMuxer,
  StreamMuxerFactory,
  Upgrader,
} from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { concat, utf8, type Bytes } from "#proto/bytes.js";

/** How far a stranger goes along the handshake before it says what it likes. */
export const stages = ["tcp", "multistream", "noise", "yamux", "streams"] as const;
export type Stage = (typeof stages)[number];

/** A connection to the listener of a node that stands at a stage. */
export interface Stranger {
  readonly peer: string;
  /** Raw bytes of the stage: under Noise from `noise` on. */
  write(bytes: Bytes): void;
  /** From `streams` on: a stream of the protocol, or undefined when the node refuses it. */
  open(protocol: string): Promise<Stream | undefined>;
  /** From `streams` on: protocols of the streams that the node has opened to us. */
  readonly offered: readonly string[];
  readonly closed: Promise<void>;
  isClosed(): boolean;
  /** As a process that is killed. */
  cut(): void;
}

export interface StrangerOptions {
  readonly address: string;
  readonly stage: Stage;
  /** 32 bytes of the node key that it shows. */
  readonly seed: Bytes;
}

const HANDSHAKE_MS_MAX = 10_000;
const MULTISTREAM = "/multistream/1.0.0";

/** @throws when the node ends the connection before the stage is reached */
export async function stranger({ address, stage, seed }: StrangerOptions): Promise<Stranger> {
  const privateKey = await generateKeyPairFromSeed("Ed25519", seed);
  const peer = peerIdFromPrivateKey(privateKey);
  const raw = await dial(address);
  const ended = new Promise<void>((resolve) => raw.addEventListener("close", () => resolve()));
  let top: MessageStream = raw;
  let muxer: StreamMuxer | undefined;
  const offered: string[] = [];
  try {
    if (stage !== "tcp") await select(raw, "/noise");
    if (stage !== "tcp" && stage !== "multistream") {
      // Without a muxer in the handshake it is negotiated afterwards: a stage of its own.
      const muxers = new Map<string, StreamMuxerFactory>();
      const components = { privateKey, peerId: peer, logger, upgrader: { getStreamMuxers: () => muxers } };
      const secured = noise()(components as unknown as Parameters<ReturnType<typeof noise>>[0]);
      const { connection } = await secured.secureOutbound(raw, {
        signal: AbortSignal.timeout(HANDSHAKE_MS_MAX),
        skipStreamMuxerNegotiation: true,
      });
      top = connection;
    }
    if (stage === "yamux" || stage === "streams") await select(top, "/yamux/1.0.0");
    if (stage === "streams") {
      muxer = yamux({ enableKeepAlive: false })().createStreamMuxer(top);
      muxer.addEventListener("stream", ({ detail }) => welcome(detail, (protocol) => offered.push(protocol)));
    }
  } catch (error) {
    raw.abort(error as Error);
    throw error;
  }
  // These stages have no other listener; without one the bytes would only pile up.
  if (stage !== "streams") top.addEventListener("message", () => undefined);
  return {
    peer: peer.toString(),
    write(bytes) {
      if (top.status === "open") top.send(bytes);
    },
    async open(protocol) {
      if (muxer === undefined || muxer.status !== "open") return undefined;
      try {
        const stream = await muxer.createStream();
        await select(stream, protocol);
        return stream;
      } catch {
        return undefined; // Refused, or the connection went.
      }
    },
    offered,
    closed: ended,
    isClosed: () => raw.status !== "open",
    cut: () => raw.abort(new Error("cut")),
  };
}

/** TCP alone, with the reading and writing of a libp2p connection. */
async function dial(address: string): Promise<MultiaddrConnection> {
  const found: { connection?: MultiaddrConnection } = {};
  const upgrader = {
    upgradeOutbound(connection: MultiaddrConnection): Promise<Connection> {
      found.connection = connection;
      return Promise.resolve(undefined as unknown as Connection);
    },
  } as unknown as Upgrader;
  const plain = multiaddr(address.replace(/\/p2p\/.*$/, ""));
  const signal = AbortSignal.timeout(HANDSHAKE_MS_MAX);
  await tcp()({ logger } as Parameters<ReturnType<typeof tcp>>[0]).dial(plain, { upgrader, signal });
  return found.connection!;
}

const line = (text: string): Bytes => concat(Uint8Array.of(text.length + 1), utf8(`${text}\n`));

/** Both lines at once; the node answers with the same bytes when it speaks the protocol. */
async function select(stream: MessageStream, protocol: string): Promise<void> {
  const wanted = concat(line(MULTISTREAM), line(protocol));
  let heard: Bytes = new Uint8Array(0);
  await new Promise<void>((resolve, fail) => {
    const timer = setTimeout(() => done(new Error(`${protocol}: no answer`)), HANDSHAKE_MS_MAX);
    const done = (error?: Error): void => {
      clearTimeout(timer);
      stream.removeEventListener("message", onMessage);
      stream.removeEventListener("close", onClose);
      if (error === undefined) resolve();
      else fail(error);
    };
    const onMessage = (event: { data: Uint8Array | { subarray(): Uint8Array } }): void => {
      heard = concat(heard, bytesOf(event.data));
      const length = Math.min(heard.length, wanted.length);
      const same = Buffer.compare(heard.subarray(0, length), wanted.subarray(0, length)) === 0;
      if (!same) done(new Error(`${protocol}: refused`));
      else if (length === wanted.length) done();
    };
    const onClose = (): void => done(new Error(`${protocol}: closed`));
    stream.addEventListener("message", onMessage);
    stream.addEventListener("close", onClose);
    stream.send(wanted);
  });
}

/** Accepts whatever the node proposes on its stream: the answer to both lines is both lines. */
function welcome(stream: Stream, tell: (protocol: string) => void): void {
  let heard: Bytes = new Uint8Array(0);
  let accepted = false;
  stream.addEventListener("message", (event) => {
    if (accepted) return;
    heard = concat(heard, bytesOf(event.data));
    const lines = new TextDecoder().decode(heard).split("\n");
    if (lines.length < 3) return;
    accepted = true;
    const protocol = lines[1]!.slice(1);
    if (stream.writeStatus === "writable") stream.send(concat(line(MULTISTREAM), line(protocol)));
    tell(protocol);
  });
}

const bytesOf = (data: Uint8Array | { subarray(): Uint8Array }): Bytes =>
  data instanceof Uint8Array ? data : data.subarray();

const log: Logger = Object.assign(() => undefined, {
  enabled: false,
  error: () => undefined,
  trace: () => undefined,
  newScope: (): Logger => log,
});
const logger: ComponentLogger = { forComponent: () => log };
