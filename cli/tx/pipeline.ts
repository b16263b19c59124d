import type { ClientTx } from "#proto/client/index.js";
import type { AnyMessage } from "#proto/tx/decode.js";
import { EXIT } from "../exit.js";
import { Refused } from "./refusal.js";
import type { TxSession } from "./session.js";

/** Transactions of one key that wait for a block at once: a mempool takes more of each sender. */
const WAITING_MAX = 16;

/** One transaction to be sent, and its purpose. */
export interface Load<T> {
  readonly what: T;
  readonly messages: readonly AnyMessage[];
}

/** The outcome: in a block, or refused by simulation or in its block. */
export type Outcome<T> =
  | { readonly what: T; readonly tx: ClientTx; readonly refused?: undefined }
  | { readonly what: T; readonly refused: Refused };

/**
 * Sends transactions one after another without waiting for a block between them. Outcomes come in the order of the loads.
 * @throws CliFault for what stops all that follow: a node that is gone, a full mempool, too low a balance. The outcomes of
 * transactions that were sent before come first.
 */
export async function* pipeline<T>(session: TxSession, loads: Iterable<Load<T>>): AsyncGenerator<Outcome<T>> {
  const waiting: { readonly what: T; readonly hash: string }[] = [];
  const next = async (): Promise<Outcome<T>> => {
    const { what, hash } = waiting.shift()!;
    return outcomeOf(what, hash, await session.wait(hash));
  };
  let stopped: unknown;
  for (const { what, messages } of loads) {
    try {
      const { hash } = await session.send(await session.prepare(messages));
      waiting.push({ what, hash });
    } catch (error) {
      if (error instanceof Refused && error.code === "would_fail" && !stopsAll(error)) {
        while (waiting.length > 0) yield await next(); // In order.
        yield { what, refused: error };
        continue;
      }
      stopped = error;
      break;
    }
    while (waiting.length >= WAITING_MAX) yield await next();
  }
  while (waiting.length > 0) yield await next();
  if (stopped !== undefined) throw stopped;
}

/** Too low a balance, and too low a fee: no later transaction of the same key does better. */
function stopsAll(refused: Refused): boolean {
  return [5, 13].some((code) => refused.is("sdk", code));
}

function outcomeOf<T>(what: T, hash: string, tx: ClientTx): Outcome<T> {
  const { code, codespace, log } = tx.result;
  if (code === 0) return { what, tx };
  const where = `tx ${hash} is in block ${tx.height} and failed there`;
  return { what, refused: new Refused("reverted", EXIT.reverted, where, { code, codespace, log }) };
}
