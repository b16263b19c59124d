import type { PeerId } from "#p2p/host.js";
import type { Status } from "#proto/wire/status.js";
import type { Clock } from "./deps.js";

/** A peer that failed is not asked again for this time, longer each time; the others go first. */
const COOL_MS = 2_000;
const COOL_MS_MAX = 60_000;

interface Claim {
  status: Status;
  failures: number;
  /** Monotonic; until then its claim counts for nothing. */
  coolUntilMs: number;
  asked: number;
  /** Monotonic; since then every status says less than an earlier one. */
  takenBackSinceMs: number | undefined;
}

/** Statuses held up on their way may come late and out of order, several at once; one that is still sent is meant. */
const TAKEN_BACK_MS = 10_000;

/**
 * What peers say they have. A claim is a reason to ask that peer and nothing else (S3): no height is believed, waited
 * for or aimed at because somebody said it.
 */
export interface Claims {
  /** False when the peer takes back what it claimed. */
  heard(peer: PeerId, status: Status): boolean;
  forget(peer: PeerId): void;
  /** Peers that say they have the block and may be asked, those with the fewest questions first. */
  holders(height: bigint): readonly PeerId[];
  heightOf(peer: PeerId): bigint;
  /** Questions in a row that the peer left without a good answer. */
  failuresOf(peer: PeerId): number;
  /** Anybody who may be asked claims a height above this one, or is being asked. */
  anyAbove(height: bigint): boolean;
  anyHeard(): boolean;
  asking(peer: PeerId): void;
  answered(peer: PeerId, ok: boolean): void;
}

export function claims(clock: Pick<Clock, "monotonicMs">, questionsPerPeerMax: number): Claims {
  const all = new Map<PeerId, Claim>();
  const isWarm = (claim: Claim): boolean => claim.coolUntilMs <= clock.monotonicMs();
  return {
    heard(peer, status) {
      const before = all.get(peer);
      if (before === undefined) {
        all.set(peer, { status, failures: 0, coolUntilMs: 0, asked: 0, takenBackSinceMs: undefined });
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
        .filter(([, claim]) => isWarm(claim) && claim.asked < questionsPerPeerMax)
        .filter(([, { status }]) => status.base > 0n && status.base <= height && height <= status.height)
        .sort(([, a], [, b]) => a.asked - b.asked)
        .map(([peer]) => peer),
    heightOf: (peer) => all.get(peer)?.status.height ?? 0n,
    failuresOf: (peer) => all.get(peer)?.failures ?? 0,
    anyAbove: (height) =>
      [...all.values()].some((claim) => {
        const { status } = claim;
        const covers = status.base > 0n && status.base <= height + 1n && status.height > height;
        return covers && (claim.asked > 0 || isWarm(claim));
      }),
    anyHeard: () => all.size > 0,
    asking(peer) {
      const claim = all.get(peer);
      if (claim !== undefined) claim.asked++;
    },
    answered(peer, ok) {
      const claim = all.get(peer);
      if (claim === undefined) return;
      claim.asked--;
      claim.failures = ok ? 0 : claim.failures + 1;
      const coolMs = Math.min(COOL_MS * 2 ** Math.min(claim.failures - 1, 10), COOL_MS_MAX);
      claim.coolUntilMs = ok ? 0 : clock.monotonicMs() + coolMs;
    },
  };
}
