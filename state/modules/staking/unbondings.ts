import { addAmount } from "#proto/amount.js";
import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import type { Context } from "../../context.js";
import { moduleAccounts } from "../../module-accounts.js";
import type { WriteView } from "../../store/view.js";
import { storedAmount } from "../../stored-amount.js";
import { mustMove } from "../bank/index.js";
import { chainConfig, pastBlock } from "../chain/index.js";
import { leaving, unbondingQueue, unbondings, validators } from "./keys.js";
import { paramsOf, putValidator, status, type Unbonding } from "./records.js";

/** Maximum number of each that a block processes; the rest waits for the next block. */
const COMPLETED_PER_BLOCK = 100;

type Key = readonly [operator: Bytes, delegator: Bytes, creationHeight: bigint];

/** The last height whose power was backed by what left its validator in a block: the block's updates act two heights later. */
export function lastBackedHeight(creationHeight: bigint): bigint {
  return creationHeight + 1n;
}

/**
 * Whether evidence of the last height that a stake backed may still be in time when the next block is judged. That height
 * is one above the block in which the stake left, so it may be younger than the completion time says.
 */
function mayStillPay({ view, block }: Context, creationHeight: bigint): boolean {
  const last = pastBlock(view, lastBackedHeight(creationHeight));
  return last !== undefined && block.time - last.time <= paramsOf(view).unbondingMs;
}

/** An amount begins to wait; what began at the same height is one unbonding. */
export function beginUnbonding(
  { view, address }: Context,
  key: Key,
  amount: bigint,
  { operator, completionTime }: { readonly operator: string; readonly completionTime: bigint },
): void {
  const [, delegator, creationHeight] = key;
  const before = unbondings.get(view, key);
  const sum = (text = "0"): string => addAmount(storedAmount(text), amount).toString();
  unbondings.put(view, key, {
    delegator: address.format(delegator),
    operator,
    creationHeight,
    completionTime,
    initialBalance: sum(before?.initialBalance),
    balance: sum(before?.balance),
  });
  unbondingQueue.put(view, [completionTime, ...key], true);
}

/** Writes an unbonding; deletes it and its queue row when the balance is 0. */
export function putUnbonding(view: WriteView, key: Key, entry: Unbonding): void {
  if (entry.balance !== "0") return unbondings.put(view, key, entry);
  unbondings.delete(view, key);
  unbondingQueue.delete(view, [entry.completionTime, ...key]);
}

/**
 * The end of a block: coins whose time is over are their owner's, validators whose time is over are unbonded. Both queues
 * are in the order of the blocks in which they began, so an unbonding that must wait longer never precedes one that need not.
 */
export function completeDue(context: Context): void {
  const { view, block } = context;
  const to: [bigint] = [block.time + 1n];
  const limit = COMPLETED_PER_BLOCK;
  for (const [[time, operator]] of [...leaving.range(view, { to, limit })]) {
    const validator = present(validators.get(view, [operator]), "a leaving validator is on record");
    if (mayStillPay(context, validator.unbondingHeight)) continue;
    leaving.delete(view, [time, operator]);
    putValidator(view, operator, validator, { ...validator, status: status.unbonded });
  }
  const queue = [...unbondingQueue.range(view, { to, limit })];
  if (queue.length === 0) return;
  const { bondDenom } = chainConfig(view);
  for (const [[, ...key]] of queue) {
    if (mayStillPay(context, key[2])) continue;
    const entry = present(unbondings.get(view, key), "what is queued waits");
    const amount = storedAmount(entry.balance);
    putUnbonding(view, key, { ...entry, balance: "0" });
    mustMove(context, moduleAccounts.notBonded, key[1], bondDenom, amount);
    context.emit("complete_unbonding", {
      amount: `${amount}${bondDenom}`,
      validator: entry.operator,
      delegator: entry.delegator,
    });
  }
}
