import type { PeerId } from "#p2p/host.js";
import type { Rate } from "#p2p/protocols/protocol.js";
import type { Status } from "#proto/wire/status.js";
import type { Clock } from "./deps.js";
import { createPace, type Pace } from "./pace.js";

/** A peer that failed is not asked again for this time, longer each time; the others go first. */
const COOL_MS = 2_000;
const COOL_MS_MAX = 60_000;

interface Claim {
  status: Status;
  /** In a row. */
  failures: number;
  /** Monotonic; until then its claim counts for nothing. */
  coolUntilMs: number;
  /** It has sent a block of this chain, and nothing since that it owed and did not send. */
  proven: boolean;
  readonly pace: Pace;
  /** Monotonic; since then every status says less than an earlier one. */
  takenBackSinceMs: number | undefined;
}

/** Statuses held up on their way may come late and out of order, several at once; one that is still sent is meant. */
const TAKEN_BACK_MS = 10_000;

/**
 * What peers say they have. A claim is a reason to ask that peer and nothing else (S3): no height is believed, waited
 * for or aimed at because somebody said it. One entry a linked peer.
 */
export interface Claims {
  /** False when the peer takes back what it claimed. */
  heard(peer: PeerId, status: Status): boolean;
  forget(peer: PeerId): void;
  /** Peers that say they have the block and may be asked: who has delivered goes first, then the order of coming. */
  holders(height: bigint): readonly PeerId[];
  heightOf(peer: PeerId): bigint;
  isProven(peer: PeerId): boolean;
  /** Undefined when the peer is gone. */
  paceOf(peer: PeerId): Pace | undefined;
  /** Questions in a row that the peer left without a good answer. */
  failuresOf(peer: PeerId): number;
  anyHeard(): boolean;
  /** It sent what it was asked for. @param proven and it is of this chain */
  delivered(peer: PeerId, proven: boolean): void;
  failed(peer: PeerId): void;
}

/** @param rate at which a peer takes questions */
export function createClaims(clock: Clock, rate: Rate): Claims {
  const all = new Map<PeerId, Claim>();
  const isWarm = (claim: Claim): boolean => claim.coolUntilMs <= clock.monotonicMs();
  const fresh = (status: Status): Claim => ({
    status,
    failures: 0,
    coolUntilMs: 0,
    proven: false,
    pace: createPace(clock, rate),
    takenBackSinceMs: undefined,
  });
  return {
    heard(peer, status) {
      const before = all.get(peer);
      if (before === undefined) {
        all.set(peer, fresh(status));
      } else if (status.height < before.status.height || status.base < before.status.base) {
        before.takenBackSinceMs ??= clock.monotonicMs();
        return clock.monotonicMs() - before.takenBackSinceMs < TAKEN_BACK_MS;
      } else {
        before.status = status;
        before.takenBackSinceMs = undefined;
      }
      return true;
    },
    forget: (peer) => void all.delete(peer),
    holders: (height) =>
      [...all]
        .filter(([, claim]) => isWarm(claim))
        .filter(([, { status }]) => status.base > 0n && status.base <= height && height <= status.height)
        .sort(([, a], [, b]) => Number(b.proven) - Number(a.proven))
        .map(([peer]) => peer),
    heightOf: (peer) => all.get(peer)?.status.height ?? 0n,
    isProven: (peer) => all.get(peer)?.proven ?? false,
    paceOf: (peer) => all.get(peer)?.pace,
    failuresOf: (peer) => all.get(peer)?.failures ?? 0,
    anyHeard: () => all.size > 0,
    delivered(peer, proven) {
      const claim = all.get(peer);
      if (claim === undefined) return;
      claim.failures = 0;
      claim.coolUntilMs = 0;
      claim.proven ||= proven;
    },
    failed(peer) {
      const claim = all.get(peer);
      if (claim === undefined) return;
      claim.proven = false;
      claim.failures++;
      const coolMs = Math.min(COOL_MS * 2 ** Math.min(claim.failures - 1, 10), COOL_MS_MAX);
      claim.coolUntilMs = clock.monotonicMs() + coolMs;
    },
  };
}
