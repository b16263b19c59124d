import { P2pFault } from "#p2p/host.js";
import type { OnByteLink } from "#p2p/transport/byte-link.js";
import type { Clock, Log } from "./deps.js";

const FIRST_DELAY_MS = 100;
const DELAY_MS_MAX = 2_000;
/** A connection that lasted so long was a good one: the next loss is a new beginning. */
const GOOD_MS = 5_000;

export interface DialDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Resolves once `onLink` has the link. @throws P2pFault */
  dial(onLink: OnByteLink): Promise<void>;
  /** Handlers of a link; `closed` is called when it is gone. */
  serve(closed: (reason: string) => void): OnByteLink;
}

/** Keeps one connection to the node: dials again when it is lost, more and more slowly. */
export function keepDialling({ clock, log, dial, serve }: DialDeps): { stop(): void } {
  let delayMs = FIRST_DELAY_MS;
  let stopped = false;
  let toldAway = false;
  let timer: { cancel(): void } | undefined;
  let hangUp: () => void = () => undefined;

  function later(): void {
    if (stopped) return;
    timer = clock.after(delayMs, () => void attempt());
    delayMs = Math.min(2 * delayMs, DELAY_MS_MAX);
  }

  async function attempt(): Promise<void> {
    let sinceMs = 0;
    const onLink = serve((reason) => {
      hangUp = () => undefined;
      if (clock.monotonicMs() - sinceMs >= GOOD_MS) delayMs = FIRST_DELAY_MS;
      if (!stopped) log.warn("lost the node; dialling again", { reason });
      later();
    });
    try {
      await dial((link) => {
        sinceMs = clock.monotonicMs();
        toldAway = false;
        hangUp = () => link.close();
        log.info("connected to the node", { remote: link.remote });
        if (stopped) hangUp();
        return onLink(link);
      });
    } catch (error) {
      if (!(error instanceof P2pFault)) throw error;
      if (!toldAway) log.warn("the node does not answer; dialling until it does", { reason: error.message });
      toldAway = true;
      later();
    }
  }

  void attempt();
  return {
    stop() {
      stopped = true;
      timer?.cancel();
      hangUp();
    },
  };
}
