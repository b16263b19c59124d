import { parseAmount } from "#proto/amount.js";
import { compareBytes, utf8 } from "#proto/bytes.js";
import type { Coin } from "#proto/tx/decode.js";
import { DENOM } from "../chain/index.js";

/** Coins of a message: positive, each denomination once, in byte order; undefined otherwise. */
export function parseCoins(coins: readonly Coin[]): { denom: string; amount: bigint }[] | undefined {
  const out: { denom: string; amount: bigint }[] = [];
  for (const { denom, amount: text } of coins) {
    const amount = parseAmount(text);
    if (amount === undefined || amount === 0n || !DENOM.test(denom)) return undefined;
    const last = out.at(-1);
    if (last !== undefined && compareBytes(utf8(last.denom), utf8(denom)) >= 0) return undefined;
    out.push({ denom, amount });
  }
  return out;
}
