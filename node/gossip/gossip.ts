import type { Message } from "#consensus/types.js";
import type { Bytes } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import type { BlockPart } from "#proto/types/parts.js";
import { partsKey, type PartSetHeader } from "#proto/types/block-id.js";
import {
  decodeConsensusFrame,
  encodeConsensusFrame,
  NEIGHBOURS_MAX,
  type ConsensusStatus,
  type PartFrame,
} from "#proto/wire/consensus.js";
import type { PeerId } from "#p2p/host.js";
import { penalties } from "#p2p/peers/score.js";
import { coverage } from "./coverage.js";
import type { GossipDeps } from "./deps.js";
import { earlyFrames } from "./early.js";
import { frameKey, toFrame, toMessage } from "./frames.js";
import { partSets } from "./part-sets.js";
import { listsPart, peerView, type PeerView } from "./peer.js";
import { recent } from "./recent.js";
import { isFar, slots, statementOf } from "./slots.js";

/** Often enough that a lost vote costs less than a step's timeout, rarely enough to be nothing beside the votes. */
export const STATUS_MS = 200;
/** Answers to one status: what a peer can use before its next one. */
const ANSWER_MESSAGES_MAX = 64;
const ANSWER_PARTS_MAX = 16;
/** Looked through for those that were not sent a moment ago. */
const LACKING_MAX = 512;
/** Early frames judged at one go: some milliseconds, when each is a certificate of many. */
const EARLY_SLICE = 16;
const SEEN_MAX = 32_768;
/** Longer than a block's execution takes: consensus gets a block again that it still waits for. */
const OFFER_AGAIN_MS = 1_000;
const PROTOCOL = "consensus";

/**
 * Carries consensus messages over direct streams. What is new and valid goes on to every peer that has not got it from
 * where we have it; a status five times a second lets peers send what somebody lacks, so nothing hangs on one delivery.
 */
export interface ConsensusGossip {
  start(): void;
  stop(): void;
  /** Sends our own message to everybody, and after a fresh proposal its block, which is held. */
  publish(message: Message): void;
  /** A block that this node has whole: built here, or restored after a start. Its parts go to whoever lacks them. */
  hold(height: bigint, header: PartSetHeader, parts: readonly BlockPart[]): void;
  /** The bytes of a block whose parts are all here. */
  blockBytes(header: PartSetHeader): Bytes | undefined;
  /** Consensus works on this height from now on. */
  heightStarted(height: bigint): void;
}

export function consensusGossip({ clock, random, log, host, core }: GossipDeps): ConsensusGossip {
  const peers = new Map<PeerId, PeerView>();
  const seen = recent(SEEN_MAX);
  /** The same for rounds far beyond ours, while ours lasts: in a later one the same words may count. */
  let seenFar = { from: "", keys: recent(SEEN_MAX) };
  const sets = partSets();
  const words = slots();
  const certified = coverage();
  const early = earlyFrames();
  /** Early frames of this height are being judged. */
  let judgingHeight: bigint | undefined;
  const offeredMs = new Map<string, number>(); // By part set; of this height.
  let timer: { cancel(): void } | undefined;

  const viewOf = (peer: PeerId): PeerView => {
    let view = peers.get(peer);
    if (view === undefined) peers.set(peer, (view = peerView()));
    return view;
  };

  /** To all peers but those that have it: its bringer, whoever brought it too, and the bringer's own neighbours. */
  function spread(
    bytes: Bytes,
    key: string,
    from: PeerId | undefined,
    hasIt: (peer: PeerView) => boolean = () => false,
  ): void {
    const reached = from === undefined ? undefined : viewOf(from).neighbours;
    for (const peer of host.peers()) {
      const view = viewOf(peer);
      if (peer === from || view.has.has(key) || reached?.has(peer) === true || hasIt(view)) continue;
      view.noteSent(key, clock.monotonicMs());
      host.send(peer, PROTOCOL, bytes);
    }
  }

  function onFrame(peer: PeerId, bytes: Bytes): void {
    const frame = decodeConsensusFrame(bytes);
    if (isRejection(frame)) return host.penalize(peer, penalties.malformedBytes, `consensus: ${rejectionText(frame)}`);
    switch (frame.kind) {
      case "status":
        return onStatus(peer, frame.value);
      case "neighbours":
        viewOf(peer).neighbours = new Set(frame.value.peers);
        return;
      case "part":
        return onPart(peer, frame.value, bytes);
      case "proposal":
      case "vote":
      case "polka":
      case "round":
      case "commit":
        return onMessage(peer, toMessage(frame), bytes);
    }
  }

  function onMessage(peer: PeerId, message: Message, bytes: Bytes): void {
    const now = core.summary();
    if (now === undefined) return;
    const key = frameKey(bytes);
    viewOf(peer).has.add(key);
    const from = `${now.height}/${now.round}`;
    if (seenFar.from !== from) seenFar = { from, keys: recent(SEEN_MAX) };
    if (seen.has(key) || seenFar.keys.has(key)) return;
    const certificate = "certificate" in message ? message : undefined;
    if (certificate !== undefined && certified.covers(certificate)) return;
    const judgement = core.judge(message);
    if (judgement === "unknown") return keepEarly(peer, heightOf(message), bytes, now.height);
    if (judgement === "invalid") {
      return host.penalize(peer, penalties.badSignature, `consensus: a ${message.kind} that is not valid`);
    }
    const named = partsNamed(message);
    if (named !== undefined && !sets.open(named.height, named.header, core.blockBytesMax())) {
      // At another height another size may hold, and a certificate is not its bringer's word.
      if (message.kind === "proposal" && named.height === now.height)
        host.penalize(peer, penalties.malformedBytes, `consensus: a block of ${named.header.total} parts`);
      return;
    }
    if (certificate !== undefined) certified.take(certificate);
    const receivedTimeMs = clock.now();
    const pass = (): void => {
      core.deliver(message, receivedTimeMs);
      // Certificates travel by answers to a status, one hop each: every node makes its own, and all would be relayed.
      if (statement !== undefined) spread(bytes, key, peer);
    };
    const statement = statementOf(message);
    const round = statement?.height === now.height ? now.round : 0;
    (statement !== undefined && isFar(statement.round, round) ? seenFar.keys : seen).add(key);
    if (statement !== undefined) host.useful(peer);
    if (statement === undefined) pass();
    else words.take(statement, round, clock.monotonicMs(), pass);
  }

  /** Not noted as seen: it is looked at again when its height starts. */
  function keepEarly(peer: PeerId, height: bigint, bytes: Bytes, current: bigint): void {
    if (height === current + 1n) early.keep({ peer, height, bytes });
  }

  /** In slices, so that neither votes nor timers wait for what many have sent ahead. */
  function judgeEarly(): void {
    for (let i = 0; i < EARLY_SLICE; i++) {
      const frame = judgingHeight === undefined ? undefined : early.next(judgingHeight);
      if (frame === undefined) {
        judgingHeight = undefined;
        return;
      }
      onFrame(frame.peer, frame.bytes);
    }
    clock.after(0, judgeEarly);
  }

  function spreadParts({ height, header }: { height: bigint; header: PartSetHeader }): void {
    for (const part of sets.get(header)?.parts.values() ?? []) {
      const bytes = encodeConsensusFrame({ kind: "part", value: { height, parts: header, part } });
      spread(bytes, frameKey(bytes), undefined);
    }
  }

  function onPart(peer: PeerId, frame: PartFrame, bytes: Bytes): void {
    const { height, parts: header, part } = frame;
    const now = core.summary();
    if (now === undefined || header === undefined || part === undefined) return;
    const key = frameKey(bytes);
    viewOf(peer).has.add(key);
    const verdict = sets.add(header, part);
    if (verdict === "unknown") return keepEarly(peer, height, bytes, now.height);
    if (verdict === "wrong") return host.penalize(peer, penalties.badBlock, "consensus: a part outside its block");
    if (verdict === "known") return;
    spread(bytes, key, peer, (view) => listsPart(view, header, part.index));
    if (verdict === "complete") finish(height, header);
  }

  function finish(height: bigint, header: PartSetHeader): void {
    const bytes = sets.bytes(header);
    const set = sets.get(header);
    if (bytes === undefined || set === undefined) return;
    log.debug("block assembled", { height: set.height, bytes: bytes.length, announced: height });
    offer(set.height, header, bytes);
    sendStatus(); // So that nobody sends us more of it.
  }

  function onStatus(peer: PeerId, status: ConsensusStatus): void {
    const view = viewOf(peer);
    view.status = status;
    const now = core.summary();
    if (now === undefined) return;
    const nowMs = clock.monotonicMs();
    if (!view.mayAsk(nowMs)) return;
    let answers = ANSWER_MESSAGES_MAX;
    for (const message of core.lacking(status, LACKING_MAX)) {
      if (answers === 0) break;
      const bytes = encodeConsensusFrame(toFrame(message));
      if (!view.mayAnswer(frameKey(bytes), nowMs)) continue;
      if (!host.send(peer, PROTOCOL, bytes)) return;
      answers--;
    }
    let left = ANSWER_PARTS_MAX;
    for (const known of status.parts) {
      const set = known.parts === undefined ? undefined : sets.get(known.parts);
      if (set === undefined) continue;
      for (const part of sets.lacking(known, random.below(set.header.total), left)) {
        const bytes = encodeConsensusFrame({ kind: "part", value: { height: set.height, parts: set.header, part } });
        if (!view.mayAnswer(frameKey(bytes), nowMs)) continue;
        if (!host.send(peer, PROTOCOL, bytes)) return;
        left--;
      }
    }
  }

  /** Also after a restart, when consensus knows a proposal from its log and the parts are gone. */
  function collectWanted(height: bigint): void {
    const headers = core.wanted().flatMap(({ parts }) => (parts === undefined ? [] : [parts]));
    sets.protect(headers);
    for (const header of headers) {
      sets.open(height, header, core.blockBytesMax());
      offerAgain(header);
    }
  }

  /** A block may be whole before its proposal is judged, or come again in a later round: nobody else would tell. */
  function offerAgain(header: PartSetHeader): void {
    const key = partsKey(header);
    const bytes = sets.bytes(header);
    const nowMs = clock.monotonicMs();
    if (bytes === undefined || nowMs - (offeredMs.get(key) ?? -OFFER_AGAIN_MS) < OFFER_AGAIN_MS) return;
    offer(sets.get(header)!.height, header, bytes);
  }

  function offer(height: bigint, header: PartSetHeader, bytes: Bytes): void {
    offeredMs.set(partsKey(header), clock.monotonicMs());
    core.assembled(height, header, bytes);
  }

  function sendStatus(only?: PeerId): void {
    const now = core.summary();
    if (now === undefined) return;
    collectWanted(now.height);
    const bytes = encodeConsensusFrame({
      kind: "status",
      value: { ...now, parts: sets.knowledge() },
    });
    for (const peer of only === undefined ? host.peers() : [only]) host.send(peer, PROTOCOL, bytes);
  }

  function sendNeighbours(): void {
    const all = host.peers().slice(0, NEIGHBOURS_MAX);
    const bytes = encodeConsensusFrame({ kind: "neighbours", value: { peers: all } });
    for (const peer of host.peers()) host.send(peer, PROTOCOL, bytes);
  }

  function tick(): void {
    if (core.summary() !== undefined) words.release(clock.monotonicMs());
    sendStatus();
    timer = clock.after(STATUS_MS, tick);
  }

  host.onFrame(PROTOCOL, onFrame);
  host.onPeer((peer) => {
    if (timer === undefined) return;
    sendNeighbours();
    sendStatus(peer);
  });
  host.onPeerGone((peer) => {
    peers.delete(peer);
    early.forget(peer);
    if (timer !== undefined) sendNeighbours();
  });

  return {
    start() {
      sendNeighbours();
      tick();
    },
    stop() {
      timer?.cancel();
      timer = undefined;
    },
    publish(message) {
      const named = partsNamed(message);
      if (named !== undefined) sets.open(named.height, named.header, core.blockBytesMax());
      const bytes = encodeConsensusFrame(toFrame(message));
      const key = frameKey(bytes);
      seen.add(key);
      spread(bytes, key, undefined);
      if (message.kind === "proposal" && message.proposal.polRound === -1 && named !== undefined) spreadParts(named);
    },
    hold: (height, header, parts) => sets.hold(height, header, parts),
    blockBytes: (header) => sets.bytes(header),
    heightStarted(height) {
      sets.dropBelow(height - 1n);
      words.dropBelow(height - 1n);
      certified.dropBelow(height - 1n);
      offeredMs.clear();
      early.dropBelow(height);
      const judging = judgingHeight !== undefined;
      judgingHeight = height;
      if (!judging) judgeEarly();
      if (timer !== undefined) sendStatus();
    },
  };
}

function heightOf(message: Message): bigint {
  if (message.kind === "vote") return message.vote.height;
  return message.kind === "proposal" ? message.proposal.height : message.certificate.height;
}

/** The part set that a judged message lets in. A polka's too: its block may be needed to follow a lock (T21). */
function partsNamed(message: Message): { height: bigint; header: PartSetHeader } | undefined {
  const { height, blockId } =
    message.kind === "proposal"
      ? message.proposal
      : message.kind === "polka" || message.kind === "commit"
        ? message.certificate
        : { height: 0n, blockId: undefined };
  return blockId?.parts === undefined ? undefined : { height, header: blockId.parts };
}
