import type { Random } from "../deps.js";

/** Redial quickly at first (a peer that restarts is back in seconds), then at a pace that costs a dead peer nothing. */
export const REDIAL_MS = { first: 500, max: 15_000 } as const;

export interface KnownPeer {
  readonly peer: string;
  readonly address: string;
  readonly persistent: boolean;
  /** Dials in a row that failed. */
  readonly failures: number;
}

export interface Book {
  list(): readonly KnownPeer[];
  get(peer: string): KnownPeer | undefined;
  add(peer: string, address: string, persistent: boolean): void;
  dialled(peer: string, ok: boolean): void;
  /** How long to wait before the next dial: doubles with each failure, with jitter so that a network does not dial in step. */
  redialDelayMs(peer: string): number;
}

const BOOK_MAX = 1_000;

/** Addresses of persistent peers, and of dialled ones while fewer than BOOK_MAX are known. */
export function createBook(random: Random): Book {
  const known = new Map<string, KnownPeer>();
  return {
    list: () => [...known.values()],
    get: (peer) => known.get(peer),
    add(peer, address, persistent) {
      const before = known.get(peer);
      if (before === undefined && !persistent && known.size >= BOOK_MAX) return;
      if (before?.persistent === true && !persistent) return; // The operator's address wins over what a socket shows.
      known.set(peer, { peer, address, persistent, failures: before?.failures ?? 0 });
    },
    dialled(peer, ok) {
      const before = known.get(peer);
      if (before !== undefined) known.set(peer, { ...before, failures: ok ? 0 : before.failures + 1 });
    },
    redialDelayMs(peer) {
      const failures = Math.min(known.get(peer)?.failures ?? 0, 16);
      const delayMs = Math.min(REDIAL_MS.first * 2 ** failures, REDIAL_MS.max);
      return delayMs / 2 + random.below(Math.ceil(delayMs / 2));
    },
  };
}
