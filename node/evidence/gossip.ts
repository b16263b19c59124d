import type { Bytes } from "#proto/bytes.js";
import { evidenceErrors } from "#proto/evidence/errors.js";
import type { Rejection } from "#proto/rejection.js";
import type { Host, PeerId } from "#p2p/host.js";
import { penalties } from "#p2p/peers/score.js";
import { evidenceKey, poolErrors } from "./pool.js";

/** Ports of the gossip of evidence. */
export interface EvidenceGossipDeps {
  readonly clock: { after(delayMs: number, fire: () => void): { cancel(): void } };
  readonly host: Pick<Host, "peers" | "send" | "onFrame" | "onPeer" | "onPeerGone" | "penalize">;
  readonly pool: GossipedPool;
}

export interface GossipedPool {
  /** False while the node catches up: it could not judge. */
  isOpen(): boolean;
  has(bytes: Bytes): boolean;
  pending(): readonly Bytes[];
  submit(bytes: Bytes): Promise<Rejection | undefined>;
  onAdded(listener: (bytes: Bytes) => void): void;
}

const PROTOCOL = "evidence";
/** Sent again to peers that could not judge it yet or lost it, until a block contains it. */
const AGAIN_MS = 5_000;
/** Of one round of sending: well below what a link's queue holds. */
const SENT_BYTES_MAX = 1024 * 1024;
/** Pieces of one peer that wait for judgement; more are dropped, and come again. */
const WAITING_MAX = 8;

/** These depend on where a chain stands, or on what else somebody has: no peer is to blame. */
const NO_FAULT: readonly { readonly codespace: string; readonly code: number }[] = [
  evidenceErrors.notYet,
  evidenceErrors.expired,
  evidenceErrors.punished,
  ...Object.values(poolErrors),
];

export interface EvidenceGossip {
  start(): void;
  stop(): void;
}

/** Pending evidence goes to every peer until it is in a block. Judging is the costly part, so each peer waits in its own line. */
export function carryEvidence({ clock, host, pool }: EvidenceGossipDeps): EvidenceGossip {
  /** Pieces exchanged with a peer in this round of sending. */
  const has = new Map<PeerId, Set<string>>();
  const waiting = new Map<PeerId, number>();
  let timer: { cancel(): void } | undefined;

  const hasOf = (peer: PeerId): Set<string> => {
    let keys = has.get(peer);
    if (keys === undefined) has.set(peer, (keys = new Set()));
    return keys;
  };

  function offer(peer: PeerId): void {
    let left = SENT_BYTES_MAX;
    for (const bytes of pool.pending()) {
      const key = evidenceKey(bytes);
      if (hasOf(peer).has(key) || bytes.length > left) continue;
      if (!host.send(peer, PROTOCOL, bytes)) return;
      hasOf(peer).add(key);
      left -= bytes.length;
    }
  }

  function onFrame(peer: PeerId, bytes: Bytes): void {
    if (!pool.isOpen()) return;
    if (pool.has(bytes)) return void hasOf(peer).add(evidenceKey(bytes));
    const before = waiting.get(peer) ?? 0;
    if (before >= WAITING_MAX) return;
    waiting.set(peer, before + 1);
    void pool.submit(bytes).then(
      (refused) => {
        done(peer);
        if (refused === undefined) hasOf(peer).add(evidenceKey(bytes));
        else if (!NO_FAULT.some(({ codespace, code }) => codespace === refused.codespace && code === refused.code)) {
          host.penalize(peer, penalties.badSignature, `evidence: ${refused.name}`);
        }
      },
      () => done(peer), // The chain or the disk failed, which stops the node elsewhere.
    );
  }

  function done(peer: PeerId): void {
    const left = (waiting.get(peer) ?? 1) - 1;
    if (left === 0) waiting.delete(peer);
    else waiting.set(peer, left);
  }

  function again(): void {
    has.clear();
    for (const peer of host.peers()) offer(peer);
    timer = clock.after(AGAIN_MS, again);
  }

  host.onFrame(PROTOCOL, onFrame);
  host.onPeer((peer) => {
    if (timer !== undefined) offer(peer);
  });
  host.onPeerGone((peer) => has.delete(peer));
  pool.onAdded(() => {
    if (timer !== undefined) for (const peer of host.peers()) offer(peer);
  });

  return {
    start: again,
    stop() {
      timer?.cancel();
      timer = undefined;
    },
  };
}
