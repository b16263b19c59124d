import { addAmount, subAmount } from "#proto/amount.js";
import type { Bytes } from "#proto/bytes.js";
import { assert } from "#proto/assert.js";
import { reject, type Rejection } from "#proto/rejection.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { AddressText, BlockInfo, EventSink } from "../../context.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { ensureAccount } from "../auth/index.js";
import { balances, supplies } from "./keys.js";

/** The part of a context that moving coins needs: every balance change emits an event with its cause. */
export interface Ledger extends EventSink {
  readonly view: WriteView;
  readonly address: AddressText;
  readonly block: Pick<BlockInfo, "height">;
}

/** The balance in base units; 0 if there is none. */
export function balanceOf(view: ReadView, address: Bytes, denom: string): bigint {
  return balances.get(view, [address, denom]) ?? 0n;
}

/** The total supply in base units; 0 for an unknown denomination. */
export function supplyOf(view: ReadView, denom: string): bigint {
  return supplies.get(view, [denom]) ?? 0n;
}

function setBalance(view: WriteView, address: Bytes, denom: string, amount: bigint): void {
  if (amount === 0n) balances.delete(view, [address, denom]);
  else balances.put(view, [address, denom], amount);
}

/** Moves `amount` or refuses with what is there and what is needed. A move of zero does nothing. */
export function move(ledger: Ledger, from: Bytes, to: Bytes, denom: string, amount: bigint): Rejection | undefined {
  if (amount === 0n) return undefined;
  const { view } = ledger;
  const have = balanceOf(view, from, denom);
  if (have < amount) return reject(sdkErrors.insufficientFunds, { have: `${have}${denom}`, need: `${amount}${denom}` });
  setBalance(view, from, denom, subAmount(have, amount));
  setBalance(view, to, denom, addAmount(balanceOf(view, to, denom), amount));
  ensureAccount(view, to, { funder: from, fundedHeight: ledger.block.height });
  const text = `${amount}${denom}`;
  const sender = ledger.address.format(from);
  const recipient = ledger.address.format(to);
  ledger.emit("coin_spent", { spender: sender, amount: text });
  ledger.emit("coin_received", { receiver: recipient, amount: text });
  ledger.emit("transfer", { recipient, sender, amount: text });
  return undefined;
}

/** A move that the caller's own books guarantee. @throws AssertionError when they are wrong. */
export function mustMove(ledger: Ledger, from: Bytes, to: Bytes, denom: string, amount: bigint): void {
  const refused = move(ledger, from, to, denom, amount);
  assert(refused === undefined, `an account of the state machine owes more than it holds: ${amount}${denom}`);
}

/** Takes coins out of existence. @throws AssertionError when the account does not hold them. */
export function burn(ledger: Ledger, from: Bytes, denom: string, amount: bigint): void {
  if (amount === 0n) return;
  const { view } = ledger;
  const have = balanceOf(view, from, denom);
  assert(have >= amount, `burning ${amount}${denom} of ${have}`);
  setBalance(view, from, denom, have - amount);
  supplies.put(view, [denom], subAmount(supplyOf(view, denom), amount));
  const burner = ledger.address.format(from);
  ledger.emit("coin_spent", { spender: burner, amount: `${amount}${denom}` });
  ledger.emit("burn", { burner, amount: `${amount}${denom}` });
}

/** For genesis only: coins have no other source. */
export function endow(view: WriteView, to: Bytes, denom: string, amount: bigint): void {
  setBalance(view, to, denom, addAmount(balanceOf(view, to, denom), amount));
  supplies.put(view, [denom], addAmount(supplyOf(view, denom), amount));
  ensureAccount(view, to);
}
