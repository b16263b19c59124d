import type { Clock, Random } from "../../deps.js";
import type { PeerId } from "../../host.js";

/** Effects on every packet. Percentages are whole numbers from 0 to 100. */
export interface Faults {
  /** One way, each packet on its own; least and most. */
  readonly delayMs: readonly [number, number];
  readonly lossPercent: number;
  readonly duplicatePercent: number;
  /** Packets that may overtake others of their link. The rest arrive in the order in which they were sent. */
  readonly reorderPercent: number;
}

export const noFaults: Faults = { delayMs: [1, 1], lossPercent: 0, duplicatePercent: 0, reorderPercent: 0 };

/** Like TCP under keep-alive: a link whose packets vanish is given up after this time. */
export const SILENCE_MS_MAX = 20_000;

interface Path {
  readonly chance: Random;
  cut: boolean;
  cloggedUntilMs: number;
  lastArrivalMs: number;
}

/** Packets that met a fault so far, by kind. */
export interface FaultCounts {
  lost: number;
  doubled: number;
  overtaking: number;
}

/** The directions between peers, and what happens to the packets of each. */
export interface Paths {
  readonly counts: Readonly<FaultCounts>;
  /**
   * When a packet sent now arrives, in milliseconds from now: empty when it is lost, two entries when it is doubled.
   * `certain` packets (a handshake) are delayed but neither lost nor doubled.
   */
  arrivals(from: PeerId, to: PeerId, certain?: boolean): readonly number[];
  isCut(from: PeerId, to: PeerId): boolean;
  setCut(from: PeerId, to: PeerId, cut: boolean): void;
  /** Nothing arrives until then; afterwards everything does, in order. */
  clog(from: PeerId, to: PeerId, ms: number): void;
  setFaults(faults: Faults): void;
}

/** The state of each direction between two peers. Each draws from a stream of chance of its own. */
export function createPaths(clock: Clock, fork: () => Random, initial: Faults): Paths {
  const all = new Map<string, Path>();
  const counts: FaultCounts = { lost: 0, doubled: 0, overtaking: 0 };
  let faults = initial;
  const pathOf = (from: PeerId, to: PeerId): Path => {
    const key = `${from}>${to}`;
    let found = all.get(key);
    if (found === undefined) {
      found = { chance: fork(), cut: false, cloggedUntilMs: 0, lastArrivalMs: 0 };
      all.set(key, found);
    }
    return found;
  };
  const happens = (chance: Random, percent: number): boolean => chance.below(100) < percent;

  return {
    counts,
    arrivals(from, to, certain = false) {
      const path = pathOf(from, to);
      const now = clock.monotonicMs();
      const draw = (): number => {
        const [least, most] = faults.delayMs;
        const free = Math.max(now, path.cloggedUntilMs) + least + path.chance.below(most - least + 1);
        if (happens(path.chance, faults.reorderPercent)) {
          counts.overtaking++;
          return free - now;
        }
        path.lastArrivalMs = Math.max(path.lastArrivalMs, free);
        return path.lastArrivalMs - now;
      };
      if (certain) return [draw()];
      // Drawn in any case: a cut does not shift what later packets meet.
      const lost = happens(path.chance, faults.lossPercent) || path.cut;
      const times = happens(path.chance, faults.duplicatePercent) ? 2 : 1;
      if (lost) counts.lost++;
      else if (times === 2) counts.doubled++;
      return lost ? [] : Array.from({ length: times }, draw);
    },
    isCut: (from, to) => pathOf(from, to).cut,
    setCut: (from, to, cut) => void (pathOf(from, to).cut = cut),
    clog(from, to, ms) {
      const path = pathOf(from, to);
      path.cloggedUntilMs = Math.max(path.cloggedUntilMs, clock.monotonicMs() + ms);
    },
    setFaults: (next) => void (faults = next),
  };
}
