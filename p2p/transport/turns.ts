import type { Clock } from "../deps.js";
import type { PeerId } from "../host.js";
import { createFairShare } from "../peers/fair-share.js";
import type { Rate } from "../protocols/protocol.js";

/** named: by the operator. useful: brought a validator's new word lately. */
export type Standing = "named" | "useful" | "stranger";

/**
 * Milliseconds of this thread a second that the bytes of peers may cost together, of each group; those named by the
 * operator are not counted. Beside both groups at their limits consensus keeps half of the thread.
 */
const SHARES: Readonly<Record<Exclude<Standing, "named">, Rate>> = {
  useful: { perSecond: 400, burst: 400 },
  stranger: { perSecond: 75, burst: 75 },
};

/** Bytes that arrive become garbage several times their size. No clock of a turn sees what its collection costs. */
const COLLECTION_MS_PER_BYTE = 25 / 1_000_000;

/** Peers of one group are judged for so long in one turn of the event loop; then timers and other sockets have theirs. */
const SLICE_MS = 10;

/** Whatever a peer sends, from pings of the muxer to votes: its time is measured, and who had its turn is read later. */
export interface Turns {
  /** How many milliseconds nothing more of the peer is to be read, after `bytes` of it took `ms`; 0 when it may go on. */
  spent(peer: PeerId, ms: number, bytes: number): number;
  /** Whether the peer's group has time left in this turn of the event loop. */
  hasTime(peer: PeerId): boolean;
}

/** @param standingOf asked anew for each measure: it changes while a link lives */
export function createTurns(clock: Pick<Clock, "monotonicMs">, standingOf: (peer: PeerId) => Standing): Turns {
  const sinceMs: Partial<Record<Standing, number>> = {};
  const shares = { useful: createFairShare(clock, SHARES.useful), stranger: createFairShare(clock, SHARES.stranger) };
  return {
    spent(peer, ms, bytes) {
      const standing = standingOf(peer);
      return standing === "named" ? 0 : shares[standing].spend(peer, ms + bytes * COLLECTION_MS_PER_BYTE);
    },
    hasTime(peer) {
      const standing = standingOf(peer);
      const nowMs = clock.monotonicMs();
      if (sinceMs[standing] === undefined) setImmediate(() => delete sinceMs[standing]);
      return nowMs - (sinceMs[standing] ??= nowMs) < SLICE_MS;
    },
  };
}
