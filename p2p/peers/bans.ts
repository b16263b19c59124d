import { BoundedMap } from "#proto/bounded.js";
import type { Clock } from "../deps.js";

/** Long enough that an attack is not worth a new identity's handshakes, short enough for a repaired node to return. */
export const BAN_MS = 60n * 60n * 1000n;

const BANS_MAX = 10_000;

export interface Ban {
  readonly peer: string;
  /** Unix milliseconds. */
  readonly until: bigint;
  readonly reason: string;
}

export interface Bans {
  has(peer: string): boolean;
  add(peer: string, reason: string): void;
  list(): readonly Ban[];
}

/** @param kept what an earlier run recorded; `save` is told of every change so that a restart does not pardon */
export function createBans(
  clock: Pick<Clock, "now">,
  kept: readonly Ban[] = [],
  save: (list: readonly Ban[]) => void = () => {},
): Bans {
  const records = new BoundedMap<string, Ban>(BANS_MAX);
  for (const ban of kept) records.set(ban.peer, ban);
  const dropExpired = (): void => {
    for (const ban of records.values()) if (ban.until <= clock.now()) records.delete(ban.peer);
  };
  return {
    has(peer) {
      const ban = records.get(peer);
      return ban !== undefined && ban.until > clock.now();
    },
    add(peer, reason) {
      dropExpired();
      records.set(peer, { peer, until: clock.now() + BAN_MS, reason });
      save([...records.values()]);
    },
    list() {
      dropExpired();
      return [...records.values()];
    },
  };
}
