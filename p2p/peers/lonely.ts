import type { Clock, Log } from "../deps.js";

/** A peer that restarts is back sooner. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 5_000;
/** One line in so long, while it lasts. */
const REPEAT_MS = 300_000;

export interface Company {
  peers(): number;
  /** Then no peer is needed. */
  sufficesAlone(): boolean;
  height(): bigint;
}

/** Warns when this node has no peers, which the chain alone does not show. Returns a function that stops it. */
export function watchCompany(clock: Clock, log: Pick<Log, "info" | "warn">, company: Company): { cancel(): void } {
  let aloneSinceMs: number | undefined;
  let saidMs: number | undefined;
  let timer: { cancel(): void } | undefined;

  function look(): void {
    timer = clock.after(LOOK_MS, look);
    const nowMs = clock.monotonicMs();
    if (company.peers() > 0 || company.sufficesAlone()) {
      if (saidMs !== undefined) log.info("peers are there again", { peers: company.peers() });
      aloneSinceMs = saidMs = undefined;
      return;
    }
    aloneSinceMs ??= nowMs;
    if (nowMs - aloneSinceMs < PATIENCE_MS || (saidMs !== undefined && nowMs - saidMs < REPEAT_MS)) return;
    saidMs = nowMs;
    log.warn("no peers: this node hears nothing of the chain; tribd doctor looks at p2p.persistent_peers", {
      height: company.height(),
      for_seconds: Math.round((nowMs - aloneSinceMs) / 1_000),
    });
  }

  look();
  return { cancel: () => timer?.cancel() };
}
