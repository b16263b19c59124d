import { BoundedMap } from "#proto/bounded.js";
import type { Clock } from "../deps.js";

/** Trust of a peer never seen before, and the most that one can have. */
export const SCORE_MAX = 100;

/** Points a second that come back: an honest peer's rare mishap is forgotten within a minute, an attack is not. */
export const RECOVERY_PER_SECOND = 1;

/** Points of each offence. 100 bans at once: only for messages that no correct program of any version sends. */
export const penalties = {
  malformedBytes: 100, // Not a message of this protocol, or over its size.
  badSignature: 100, // An invalid signature in a validator's name.
  badBlock: 100, // A block or certificate that proves itself wrong.
  rejectedGossip: 25,
  overRate: 10,
  unkeptPromise: 20, // Said to have a block and did not deliver it.
} as const;

export interface Scores {
  of(peer: string): number;
  /** True when nothing is left. */
  take(peer: string, points: number): boolean;
  forget(peer: string): void;
}

/** Memory is bounded: beyond `peersMax` the longest untouched record goes, which gives that peer full trust again. */
export function createScores(clock: Pick<Clock, "monotonicMs">, peersMax = 1_000): Scores {
  const records = new BoundedMap<string, { score: number; at: number }>(peersMax);
  const current = (peer: string): number => {
    const record = records.get(peer);
    if (record === undefined) return SCORE_MAX;
    return Math.min(SCORE_MAX, record.score + ((clock.monotonicMs() - record.at) * RECOVERY_PER_SECOND) / 1000);
  };
  return {
    of: current,
    take(peer, points) {
      const score = current(peer) - points;
      records.set(peer, { score, at: clock.monotonicMs() });
      return score <= 0;
    },
    forget: (peer) => void records.delete(peer),
  };
}
