import { encodeStatus } from "#proto/wire/status.js";
import type { SyncDeps } from "./deps.js";

/** A status for peers that missed one. */
const STATUS_MS = 3_000;
/** Not more often than what peers take without complaint (p2p/protocols/status). */
const STATUS_GAP_MS = 100;

export interface Announcer {
  /** Tells everybody now. */
  tell(): void;
  /** Tells everybody when there is news and the last word is not too fresh, or when it is old. */
  tellWhenDue(): void;
}

/** Tells peers which blocks this node has: each when its link comes up, all of them as the chain grows. */
export function announce({ clock, host, chain }: Pick<SyncDeps, "clock" | "host" | "chain">): Announcer {
  let toldAtMs = -STATUS_MS;
  let toldHeight = 0n;
  const status = (): Uint8Array => {
    const [base, height] = [chain.base(), chain.height()];
    return encodeStatus(base > height ? { base: 0n, height: 0n } : { base, height });
  };
  const tell = (): void => {
    toldAtMs = clock.monotonicMs();
    toldHeight = chain.height();
    host.broadcast("status", status());
  };
  host.onPeer((peer) => void host.send(peer, "status", status()));
  return {
    tell,
    tellWhenDue() {
      const gapMs = toldHeight === chain.height() ? STATUS_MS : STATUS_GAP_MS;
      if (clock.monotonicMs() - toldAtMs >= gapMs) tell();
    },
  };
}
