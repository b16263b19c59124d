import type { Clock } from "../deps.js";

/**
 * Time between two, so that there is room for others. To agree on the encryption costs this thread 1 to 3 ms, the
 * handshake and the streams behind it 10 to 30, in pieces.
 */
export const PACE_MS = { negotiation: 5, handshake: 125 } as const;

/** Inbound negotiations, or handshakes, begin one after the other, however many peers dial at once. */
export interface HandshakeQueue {
  /** Resolves when it may begin, or when it is wanted no more. */
  turn(host: string, isWanted: () => boolean): Promise<void>;
}

interface Waiting {
  readonly host: string;
  readonly isWanted: () => boolean;
  readonly begin: () => void;
}

/** Hosts take turns, so that a crowd of one host delays its own. Memory: the connections that wait, which pending-connections.ts bounds. */
export function createHandshakeQueue(clock: Pick<Clock, "after">, paceMs: number): HandshakeQueue {
  let waiting: Waiting[] = [];
  /** Number of the last turn, by host; of those that were here since the queue was empty. */
  const turns = new Map<string, number>();
  let busy = false;
  let count = 0;

  function next(): void {
    const wanted = waiting.filter(({ isWanted }) => isWanted());
    const unwanted = waiting.filter((each) => !wanted.includes(each));
    const chosen = wanted.reduce<Waiting | undefined>(
      (best, each) => (best === undefined || lastTurn(each) < lastTurn(best) ? each : best),
      undefined,
    );
    waiting = wanted.filter((each) => each !== chosen);
    busy = chosen !== undefined;
    if (chosen === undefined) turns.clear();
    else {
      turns.set(chosen.host, ++count);
      clock.after(paceMs, next);
      chosen.begin();
    }
    for (const { begin } of unwanted) begin();
  }

  const lastTurn = ({ host }: Waiting): number => turns.get(host) ?? 0;

  return {
    turn: (host, isWanted) =>
      new Promise((begin) => {
        waiting.push({ host, isWanted, begin });
        if (!busy) next();
      }),
  };
}
