import { setTimeout as sleep } from "node:timers/promises";
import { Lane } from "./lane.js";

/** Where the transactions of accounts come from: base64, in the order of their sequences. */
export interface Source {
  readonly count: number;
  tx(account: number, sequence: number): string;
}

export interface SenderDeps {
  readonly endpoints: readonly { readonly host: string; readonly port: number }[];
  readonly source: Source;
  /** Transactions a second; undefined: as many as are taken. */
  readonly rate: number | undefined;
  /** An account's next transaction goes out when the one before is in a block. */
  readonly waits: boolean;
  isIncluded(tx: string): boolean;
  /** Tells of each block's transactions. */
  onIncluded(listener: (txs: readonly string[]) => void): void;
  /** How many more may be submitted before a block takes some. */
  room(): number;
  /** The node has taken it. Times are of `performance.now()`. */
  accepted(tx: string, submittedMs: number, answeredMs: number): void;
}

/** Why transactions were not taken: code and log, with how often. */
export type Refusals = ReadonlyMap<string, number>;

const LANES = 32;
const FULL_PAUSE_MS = 20;
const WAIT_MS = 2;

interface Account {
  readonly index: number;
  sequence: number;
}

/**
 * Sends the transactions of many accounts to several nodes: those of one account to one node, each when the one before it
 * was taken. Resolves when the signal stops it.
 */
export async function send(deps: SenderDeps, signal: AbortSignal): Promise<Refusals> {
  const { endpoints, source, rate } = deps;
  const refusals = new Map<string, number>();
  const startMs = performance.now();
  let scheduled = 0;
  /** By the transaction that an account waits for. */
  const waiting = new Map<string, () => void>();
  deps.onIncluded((txs) => {
    for (const tx of txs) {
      waiting.get(tx)?.();
      waiting.delete(tx);
    }
  });
  /** When the next transaction is due; undefined: not before something changes. */
  const due = (): number | undefined => {
    if (deps.room() <= 0) return undefined;
    if (rate === undefined) return performance.now();
    const atMs = startMs + (1000 * scheduled) / rate;
    return atMs <= performance.now() ? atMs : undefined;
  };
  await Promise.all(
    endpoints.map(async ({ host, port }, node) => {
      const ready: Account[] = [];
      for (let index = node; index < source.count; index += endpoints.length) ready.push({ index, sequence: 0 });
      let next = 0; // `ready` is a ring: an account goes to its end when its transaction was taken.
      const lane = async (): Promise<void> => {
        const connection = new Lane(host, port);
        while (!signal.aborted) {
          const dueMs = next < ready.length ? due() : undefined;
          if (dueMs === undefined) {
            await sleep(WAIT_MS);
            continue;
          }
          scheduled++;
          const account = ready[next++]!;
          if (next > source.count) (ready.splice(0, next), (next = 0));
          const tx = source.tx(account.index, account.sequence);
          const refused = await submit(connection, account, tx, dueMs);
          const goesOn = (): void => void ready.push(account);
          if (refused === undefined && deps.waits && !deps.isIncluded(tx)) waiting.set(tx, goesOn);
          else if (refused === undefined || refused === "full") goesOn();
          if (refused === undefined) continue;
          refusals.set(refused, (refusals.get(refused) ?? 0) + 1);
          if (refused === "full") await sleep(FULL_PAUSE_MS);
        }
        connection.close();
      };
      await Promise.all(Array.from({ length: LANES }, lane));
    }),
  );
  return refusals;

  /** Undefined when it was taken; "full" when it may be sent again; anything else ends its account. */
  async function submit(connection: Lane, account: Account, tx: string, dueMs: number): Promise<string | undefined> {
    const sentMs = rate === undefined ? performance.now() : dueMs;
    const text = await connection.ask(`{"jsonrpc":"2.0","id":1,"method":"broadcast_tx_sync","params":{"tx":"${tx}"}}`);
    const { result, error } = JSON.parse(text) as Answer;
    if (result?.code === 0) {
      account.sequence++;
      deps.accepted(tx, sentMs, performance.now());
      return undefined;
    }
    const why = result === undefined ? `${error?.message} ${error?.data}` : `${result.code} ${result.log}`;
    return /mempool is full/i.test(why) ? "full" : why.replace(/\d+/g, "N").slice(0, 200);
  }
}

interface Answer {
  readonly result?: { readonly code: number; readonly log: string };
  readonly error?: { readonly message: string; readonly data: string };
}
