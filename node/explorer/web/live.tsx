import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { present } from "#proto/assert.js";
import type { ClientStatus } from "#proto/client/index.js";
import { timeFrom } from "../present/time.js";
import { node, readChain, type Chain } from "./node.js";

const POLL_MS = 1_500;
/** Without an answer for so long what is shown may be old. */
const STALE_MS = 6_000;
/** Without a block for so long the chain itself stands still. */
const STILL_MS = 30_000;

/** Where the chain is, as this page knows it. */
export interface Live {
  readonly chain: Chain;
  readonly status: ClientStatus;
  /** This machine's clock, once a poll: what ages are counted from. */
  readonly now: number;
  readonly state: "live" | "silent" | "still" | "syncing";
  /** When the node last answered. */
  readonly heard: number;
}

const LiveContext = createContext<Live | undefined>(undefined);

/** Asks the node for its height again and again while the page is seen, and shows `waiting` until it has answered once. */
export function LiveChain(props: {
  readonly children: ComponentChildren;
  readonly waiting: (error: string) => ComponentChildren;
}) {
  const [live, setLive] = useState<Live>();
  const [error, setError] = useState("");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    let known: { chain: Chain; status: ClientStatus; heard: number } | undefined;
    const ask = async (): Promise<void> => {
      if (!document.hidden) {
        try {
          const status = await node.status();
          // Another chain at the same address, as after `dev --reset`, has other terms.
          const chain = known?.chain.chainId === status.chainId ? known.chain : await readChain();
          known = { chain, status, heard: Date.now() };
        } catch (failed) {
          setError(failed instanceof Error ? failed.message : String(failed));
        }
      }
      if (isOver) return;
      const now = Date.now();
      if (known !== undefined) setLive({ ...known, now, state: stateOf(known, now) });
      timer = setTimeout(() => void ask(), POLL_MS);
    };
    const seen = (): void => {
      if (document.hidden) return;
      clearTimeout(timer);
      void ask();
    };
    document.addEventListener("visibilitychange", seen);
    void ask();
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, []);
  if (live === undefined) return <>{props.waiting(error)}</>;
  return <LiveContext.Provider value={live}>{props.children}</LiveContext.Provider>;
}

function stateOf({ status, heard }: { status: ClientStatus; heard: number }, now: number): Live["state"] {
  if (now - heard > STALE_MS) return "silent";
  if (status.catchingUp) return "syncing";
  return now - timeFrom(status.time) > STILL_MS ? "still" : "live";
}

export function useLive(): Live {
  return present(useContext(LiveContext), "LiveChain is around every page");
}

export const useChain = (): Chain => useLive().chain;
