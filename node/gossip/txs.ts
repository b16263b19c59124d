import { BoundedSet } from "#proto/bounded.js";
import type { Bytes } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { decodeTxs, encodeTxs, TXS_MESSAGE_BYTES_MAX, TXS_PER_MESSAGE_MAX } from "#proto/wire/txs.js";
import type { Host, Verdict } from "#p2p/host.js";
import { frameKey } from "./frames.js";

/** Ports of the gossip of transactions. */
export interface TxGossipDeps {
  readonly clock: { after(delayMs: number, fire: () => void): { cancel(): void } };
  readonly host: Pick<Host, "publish" | "subscribe">;
  readonly pool: TxPool;
}

export interface TxPool {
  /** False while the node catches up: nothing is taken and nothing passed on (M5). */
  isOpen(): boolean;
  has(tx: Bytes): boolean;
  /** Whether the tx was taken in. A tx that is wrong here may be right elsewhere: it costs its bringer nothing. */
  admit(tx: Bytes): Promise<boolean>;
  /** Told of every tx taken in, from clients and from peers alike. */
  onAdmit(listener: (tx: Bytes) => void): void;
}

/** Transactions of this time travel in one message: a third of the work for everybody, and a person does not notice. */
const BATCH_MS = 20;
/** Small batches spread while the next one fills; a larger tx travels alone. */
const BATCH_BYTES_MAX = 64 * 1024;
const TX_OVERHEAD_BYTES = 8;
const ARRIVED_MAX = 20_000;

/**
 * What the pool takes from clients goes to everybody, in batches. What peers send goes to the pool, and the same message
 * goes on when the pool took any of it: a message is never packed anew, or it would cross the network again.
 */
export function carryTxs({ clock, host, pool }: TxGossipDeps): void {
  const arrived = new BoundedSet<string>(ARRIVED_MAX);
  let batch: Bytes[] = [];
  let batchBytes = 0;

  function flush(): void {
    if (batch.length > 0) host.publish("txs", encodeTxs(batch));
    batch = [];
    batchBytes = 0;
  }

  pool.onAdmit((tx) => {
    const bytes = tx.length + TX_OVERHEAD_BYTES;
    if (arrived.has(frameKey(tx)) || bytes > TXS_MESSAGE_BYTES_MAX) return;
    if (batchBytes + bytes > BATCH_BYTES_MAX) flush();
    if (batch.length === 0) clock.after(BATCH_MS, flush);
    batch.push(tx);
    batchBytes += bytes;
    if (batch.length === TXS_PER_MESSAGE_MAX) flush();
  });

  host.subscribe("txs", async (_peer, message): Promise<Verdict> => {
    const txs = decodeTxs(message);
    if (isRejection(txs)) return "reject";
    if (!pool.isOpen()) return "ignore";
    const fresh = txs.filter((tx) => !pool.has(tx));
    for (const tx of fresh) arrived.add(frameKey(tx));
    const taken = await Promise.all(fresh.map((tx) => pool.admit(tx)));
    return taken.includes(true) ? "accept" : "ignore";
  });
}
