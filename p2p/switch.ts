import type { Bytes } from "#proto/bytes.js";
import { assert, present } from "#proto/assert.js";
import type { Clock, Log, Random } from "./deps.js";
import { P2pFault, type Host, type PeerId, type PeerInfo, type Verdict } from "./host.js";
import { bans as createBans, type Ban } from "./peers/bans.js";
import { book as createBook } from "./peers/book.js";
import { fairShare, type FairShare } from "./peers/fair-share.js";
import { hostOf } from "./peers/host-of.js";
import { dialLog } from "./peers/dial-log.js";
import { tokenBucket, type TokenBucket } from "./peers/limits.js";
import { givesWay, IDLE_MS, type Guest } from "./peers/room.js";
import { penalties, scores as createScores } from "./peers/score.js";
import type { FramesProtocol, GossipProtocol, Protocol, Rate, RequestProtocol } from "./protocols/protocol.js";
import { protocols as allProtocols, type ProtocolTable } from "./protocols/table.js";
import type { Transport } from "./transport/transport.js";

export interface HostOptions {
  readonly transport: Transport;
  /** Addresses dialled again and again until the host stops; never given up, never pruned. */
  readonly persistentPeers: readonly string[];
  /** Let in whatever others there are, as persistent peers are; they dial us. */
  readonly unconditionalPeers?: readonly PeerId[];
  /** Links of all others. */
  readonly peersMax: number;
  /** Only tests speak other protocols. */
  readonly protocols?: ProtocolTable;
  readonly bans?: { readonly kept: readonly Ban[]; save(list: readonly Ban[]): void };
}

export interface HostDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

type FrameHandler = (peer: PeerId, frame: Bytes) => void;
type QuestionHandler = (peer: PeerId, question: Bytes) => Promise<Bytes | undefined>;
type Judge = (peer: PeerId, message: Bytes) => Verdict | Promise<Verdict>;

interface Link {
  readonly address: string;
  readonly direction: "inbound" | "outbound";
  readonly since: bigint;
  readonly sinceMs: number;
  usefulMs: number | undefined;
  readonly buckets: Map<string, TokenBucket>;
  readonly answering: Map<string, number>;
}

/**
 * Beyond its rate a peer is not heard; only beyond this it pays. An asker knows its pace, however its questions bunch up
 * on their way. Frames bunch up when we stand still for as long as a link lives without a sign: half a minute.
 */
const FLOOD = { questions: 4, frames: 10 } as const;
const floodOf = ({ perSecond, burst }: Rate, times: number): Rate => ({
  perSecond: times * perSecond,
  burst: times * burst,
});

/** The Host over any transport: links, limits, scores, bans and redialling. */
export function createHost(options: HostOptions, { clock, random, log }: HostDeps): Host {
  const { transport } = options;
  const table: ProtocolTable = options.protocols ?? allProtocols;
  const links = new Map<PeerId, Link>();
  const scores = createScores(clock);
  const bans = createBans(clock, options.bans?.kept, options.bans?.save);
  const book = createBook(random);
  const shares = new Map<string, FairShare>();
  const dials = dialLog(clock, log);
  const redials = new Map<PeerId, { cancel(): void }>();
  const frameHandlers = new Map<string, FrameHandler>();
  const questionHandlers = new Map<string, QuestionHandler>();
  const judges = new Map<string, Judge>();
  const joined: ((peer: PeerId) => void)[] = [];
  const left: ((peer: PeerId) => void)[] = [];
  let running = false;

  const row = <K extends Protocol["kind"]>(name: string, kind: K): Extract<Protocol, { kind: K }> => {
    const protocol = present(table[name], `no protocol ${name} in the table`);
    assert(protocol.kind === kind, `${name} is a ${protocol.kind} protocol`);
    return protocol as Extract<Protocol, { kind: K }>;
  };
  for (const address of options.persistentPeers) {
    const peer = transport.peerOf(address);
    if (peer !== transport.id) book.add(peer, address, true); // One list of peers often serves all nodes of a network.
  }

  const unconditional = new Set(options.unconditionalPeers);
  /** The operator has named it. */
  const isNamed = (peer: PeerId): boolean => unconditional.has(peer) || book.get(peer)?.persistent === true;

  const guests = (): Guest[] =>
    [...links].flatMap(([peer, { address, sinceMs, usefulMs }]) =>
      isNamed(peer) ? [] : [{ peer, host: hostOf(address), sinceMs, usefulMs }],
    );

  /** False: all places are taken, and nobody gives way. Those named by the operator need none. */
  function makeRoom(peer: PeerId, address: string, now: boolean): boolean {
    const others = guests().filter((guest) => guest.peer !== peer);
    if (isNamed(peer) || others.length < options.peersMax) return true;
    const goes = givesWay(others, hostOf(address), clock.monotonicMs());
    if (goes !== undefined && now) transport.hangUp(goes, "its place is needed");
    return goes !== undefined;
  }

  /** False when the peer sends more than its rate; the bytes are then dropped, and a flood of them costs it. */
  function withinRate(peer: PeerId, link: Link, name: string, rate: Rate, times: number, count = 1): boolean {
    if (!taken(link, `${name}/flood`, floodOf(rate, times), count)) {
      penalize(peer, penalties.overRate, `${name}: a flood`);
      return false;
    }
    return taken(link, name, rate, count);
  }

  function taken(link: Link, name: string, rate: Rate, count: number): boolean {
    let bucket = link.buckets.get(name);
    if (bucket === undefined) link.buckets.set(name, (bucket = tokenBucket(clock, rate)));
    return bucket.take(count);
  }

  /** False when those whom the operator has not named have sent enough together. */
  function shareOf(peer: PeerId, name: string, { strangersRate }: GossipProtocol): boolean {
    if (isNamed(peer)) return true;
    let share = shares.get(name);
    if (share === undefined) shares.set(name, (share = fairShare(clock, strangersRate)));
    return share.take(peer, 1);
  }

  function penalize(peer: PeerId, points: number, reason: string): void {
    log.debug("peer penalized", { peer, points, reason });
    if (scores.take(peer, points)) ban(peer, reason);
  }

  function ban(peer: PeerId, reason: string): void {
    if (peer === transport.id) return;
    log.info("peer banned", { peer, reason });
    bans.add(peer, reason);
    scores.forget(peer);
    transport.hangUp(peer, reason);
  }

  /** Our own trouble says nothing about the peer that asked, and ends nothing: whoever needs what failed will say so. */
  function failed(name: string, error: unknown): void {
    if (running) log.error("could not judge or answer", { protocol: name, reason: String(error) });
  }

  function scheduleRedial(peer: PeerId): void {
    if (!running || redials.has(peer) || book.get(peer)?.persistent !== true) return;
    redials.set(
      peer,
      clock.after(book.redialDelayMs(peer), () => {
        redials.delete(peer);
        void redial(peer);
      }),
    );
  }

  async function redial(peer: PeerId): Promise<void> {
    if (!running || links.has(peer)) return;
    if (!bans.has(peer)) {
      const { address } = present(book.get(peer), "a redialled peer is known");
      const failure = await dial(address);
      if (failure === undefined) dials.reached(peer);
      else dials.failed(peer, address, book.get(peer)?.failures ?? 0, failure.message);
    } else book.dialled(peer, false);
    if (!links.has(peer)) scheduleRedial(peer);
  }

  async function dial(address: string): Promise<P2pFault | undefined> {
    const peer = transport.peerOf(address);
    try {
      await transport.dial(address);
      book.dialled(peer, true);
      return undefined;
    } catch (error) {
      if (!(error instanceof P2pFault)) throw error;
      book.dialled(peer, false);
      return error;
    }
  }

  function onFrame(peer: PeerId, name: string, frame: Bytes): void {
    const link = links.get(peer);
    if (link === undefined) return;
    const limits: FramesProtocol = row(name, "frames");
    if (frame.length > limits.frameBytesMax)
      return penalize(peer, penalties.malformedBytes, `${name}: frame too large`);
    if (!withinRate(peer, link, name, limits.framesRate, FLOOD.frames)) return;
    if (!withinRate(peer, link, `${name}/bytes`, limits.bytesRate, FLOOD.frames, frame.length)) return;
    frameHandlers.get(name)?.(peer, frame);
  }

  async function onQuestion(peer: PeerId, name: string, question: Bytes): Promise<Bytes | undefined> {
    const link = links.get(peer);
    const handler = questionHandlers.get(name);
    if (link === undefined || handler === undefined) return undefined;
    const limits: RequestProtocol = row(name, "request");
    if (question.length > limits.questionBytesMax) {
      penalize(peer, penalties.malformedBytes, `${name}: question too large`);
      return undefined;
    }
    const busy = link.answering.get(name) ?? 0;
    // Busy is no offence: a refusal costs us nothing, and the asker knows by it that it asks too fast.
    if (!withinRate(peer, link, name, limits.questionsRate, FLOOD.questions) || busy >= limits.inFlightMax)
      return undefined;
    link.answering.set(name, busy + 1);
    let answer: Bytes | undefined;
    try {
      answer = await handler(peer, question);
    } catch (error) {
      failed(name, error);
    } finally {
      link.answering.set(name, (link.answering.get(name) ?? 1) - 1);
    }
    assert(answer === undefined || answer.length <= limits.answerBytesMax, `${name}: our answer is over the bound`);
    return answer;
  }

  async function onGossip(peer: PeerId, name: string, message: Bytes): Promise<Verdict> {
    const link = links.get(peer);
    const judge = judges.get(name);
    if (link === undefined || judge === undefined) return "ignore";
    const limits: GossipProtocol = row(name, "gossip");
    if (message.length > limits.messageBytesMax) {
      penalize(peer, penalties.malformedBytes, `${name}: message too large`);
      return "reject";
    }
    // What a peer passes on is not its choice: over the rate nothing is judged or passed on, and nobody is to blame.
    // Those named by the operator may pass on the flood of a crowd.
    const rate = isNamed(peer) ? limits.strangersRate : limits.messagesRate;
    if (!taken(link, name, rate, 1) || !shareOf(peer, name, limits)) return "ignore";
    let verdict: Verdict;
    try {
      verdict = await judge(peer, message);
    } catch (error) {
      failed(name, error);
      return "ignore";
    }
    if (verdict === "reject") penalize(peer, penalties.rejectedGossip, `${name}: rejected`);
    return verdict;
  }

  return {
    id: transport.id,
    async start() {
      running = true;
      await transport.start({
        admits(peer, address) {
          if (!running || bans.has(peer)) return false;
          return links.has(peer) || makeRoom(peer, address, false);
        },
        standing(peer) {
          if (isNamed(peer)) return "named";
          const usefulMs = links.get(peer)?.usefulMs;
          return usefulMs !== undefined && clock.monotonicMs() - usefulMs < IDLE_MS ? "useful" : "stranger";
        },
        linked(peer, address, direction) {
          assert(!links.has(peer), `${peer} is linked twice`);
          // Only now: whoever stops before this has cost nobody a place.
          if (!makeRoom(peer, address, true)) return transport.hangUp(peer, "all places are taken");
          links.set(peer, {
            address,
            direction,
            since: clock.now(),
            sinceMs: clock.monotonicMs(),
            usefulMs: undefined,
            buckets: new Map(),
            answering: new Map(),
          });
          if (direction === "outbound") book.add(peer, address, false);
          book.dialled(peer, true);
          log.debug("peer up", { peer, direction });
          for (const listener of joined) listener(peer);
        },
        unlinked(peer, reason) {
          if (!links.delete(peer)) return;
          log.debug("peer gone", { peer, reason });
          for (const listener of left) listener(peer);
          scheduleRedial(peer);
        },
        frame: onFrame,
        question: onQuestion,
        gossip: onGossip,
        malformed: (peer, reason) => penalize(peer, penalties.malformedBytes, reason),
      });
      for (const known of book.list()) if (known.persistent) void redial(known.peer);
    },
    async stop() {
      running = false;
      for (const timer of redials.values()) timer.cancel();
      redials.clear();
      await transport.stop();
      links.clear();
    },
    addresses: () => transport.addresses(),
    peers: () => [...links.keys()],
    peerInfo: () =>
      [...links].map(([id, { address, direction, since }]): PeerInfo => ({
        id,
        address,
        direction,
        since,
        score: scores.of(id),
      })),
    async connect(address) {
      const peer = transport.peerOf(address);
      if (!running) throw new P2pFault("not_started", "the host is not started");
      if (links.has(peer)) return peer;
      const failure = await dial(address);
      if (failure !== undefined) throw failure;
      return peer;
    },
    disconnect: (peer, reason) => transport.hangUp(peer, reason),
    onPeer: (listener) => void joined.push(listener),
    onPeerGone: (listener) => void left.push(listener),
    send(peer, protocol, frame) {
      assert(frame.length <= row(protocol, "frames").frameBytesMax, `${protocol}: our frame is over the bound`);
      return links.has(peer) && transport.send(peer, protocol, frame);
    },
    broadcast(protocol, frame, except) {
      assert(frame.length <= row(protocol, "frames").frameBytesMax, `${protocol}: our frame is over the bound`);
      let taken = 0;
      for (const peer of [...links.keys()]) if (peer !== except && transport.send(peer, protocol, frame)) taken++;
      return taken;
    },
    onFrame(protocol, handler) {
      row(protocol, "frames");
      assert(!frameHandlers.has(protocol), `${protocol} has a handler`);
      frameHandlers.set(protocol, handler);
    },
    async request(peer, protocol, question, timeoutMs) {
      assert(
        question.length <= row(protocol, "request").questionBytesMax,
        `${protocol}: our question is over the bound`,
      );
      if (!links.has(peer)) throw new P2pFault("gone", `${peer} is not connected`);
      return transport.request(peer, protocol, question, timeoutMs);
    },
    serve(protocol, handler) {
      row(protocol, "request");
      assert(!questionHandlers.has(protocol), `${protocol} has a handler`);
      questionHandlers.set(protocol, handler);
    },
    publish(topic, message) {
      assert(message.length <= row(topic, "gossip").messageBytesMax, `${topic}: our message is over the bound`);
      if (running) transport.publish(topic, message);
    },
    subscribe(topic, judge) {
      row(topic, "gossip");
      assert(!judges.has(topic), `${topic} has a judge`);
      judges.set(topic, judge);
      transport.subscribe(topic);
    },
    useful(peer) {
      const link = links.get(peer);
      if (link !== undefined) link.usefulMs = clock.monotonicMs();
    },
    penalize,
    ban,
  };
}
