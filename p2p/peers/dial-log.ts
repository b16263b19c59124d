import type { Clock, Log } from "../deps.js";

/** Peers that start at the same moment miss each other once or twice. */
const FAILURES_LEAST = 3;
/** One line a peer in so long. */
const REPEAT_MS = 600_000;

export interface DialLog {
  failed(peer: string, address: string, failures: number, reason: string): void;
  reached(peer: string): void;
}

/** Says that a persistent peer cannot be dialled: at the first, and rarely while it lasts. One entry a persistent peer. */
export function createDialLog(clock: Pick<Clock, "monotonicMs">, log: Log): DialLog {
  const saidMs = new Map<string, number>();
  return {
    failed(peer, address, failures, reason) {
      log.debug("dial failed", { peer, reason });
      const last = saidMs.get(peer);
      if (failures < FAILURES_LEAST || (last !== undefined && clock.monotonicMs() - last < REPEAT_MS)) return;
      saidMs.set(peer, clock.monotonicMs());
      log.warn("a persistent peer cannot be reached", { address, failures, reason });
    },
    reached(peer) {
      if (saidMs.delete(peer)) log.info("a persistent peer is reached again", { peer });
    },
  };
}
