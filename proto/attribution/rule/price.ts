import { assert } from "../../assert.js";
import { mulDivFloor } from "../../amount.js";
import type { Committer } from "../lookups.js";
import { residualReasons } from "./reasons.js";
import { NONE } from "./windows.js";
import type { Ruling } from "./rule.js";

/** The pay of one receipt to one contribution. */
export interface ReceiptCredit {
  readonly committer: Committer;
  readonly tokens: number;
  readonly weight: number;
  /** Billionths of the base unit, contested ones included. */
  readonly amount: bigint;
  /** Its contested part, which waits for the case between the pair. */
  readonly contested: bigint;
  /** The most senior first committer that contests a token of it. With this contribution it is the pair. */
  readonly contester: Committer | undefined;
}

/** Tokens that one reason explains, and what they would have been paid, in billionths. */
export interface ReceiptResidual {
  readonly reason: number;
  readonly tokens: number;
  readonly weight: number;
  readonly amount: bigint;
}

/** The pay of one receipt: the credits and the residual add up to its part of the pool. */
export interface ReceiptPay {
  /** Amounts above 0 alone, ascending by contribution. */
  readonly credits: readonly ReceiptCredit[];
  /** Ascending by the code of the reason. */
  readonly residual: readonly ReceiptResidual[];
}

/**
 * Shares out a receipt's part of the pool: pool x weight of the contribution's tokens / weight of the answer, floored
 * once; what the divisions cut off is residual with the reason `rounding`.
 * @param pool billionths of the base unit
 */
export function priceReceipt(ruling: Ruling, pool: bigint): ReceiptPay {
  assert(pool >= 0n, "the pool of a receipt is negative");
  const { weight: total } = ruling;
  const share = (weight: number): bigint => mulDivFloor(pool, BigInt(weight), BigInt(total));
  if (total === 0) return { credits: [], residual: restOf(pool, residualReasons.noTokens) };

  const { paid, unpaid } = sumTokens(ruling);
  let rest = pool;
  const credits = paid
    .map(({ committer, tokens, weight, contested, contester }): ReceiptCredit => {
      const amount = share(weight);
      rest -= amount;
      return { committer, tokens, weight, amount, contested: share(contested), contester };
    })
    .filter(({ amount }) => amount > 0n)
    .sort((a, b) => (a.committer.contribution < b.committer.contribution ? -1 : 1));
  const residual = unpaid.map(({ reason, tokens, weight }): ReceiptResidual => {
    const amount = share(weight);
    rest -= amount;
    return { reason, tokens, weight, amount };
  });
  return { credits, residual: [...residual, ...restOf(rest, residualReasons.rounding)] };
}

function restOf(amount: bigint, reason: number): ReceiptResidual[] {
  return amount === 0n ? [] : [{ reason, tokens: 0, weight: 0, amount }];
}

interface PaidTokens {
  readonly committer: Committer;
  tokens: number;
  weight: number;
  contested: number;
  contester: Committer | undefined;
}

function sumTokens({ committers, payee, contester, reason, weights, ranks }: Ruling): {
  paid: readonly PaidTokens[];
  unpaid: readonly { reason: number; tokens: number; weight: number }[];
} {
  const sums = committers.map((committer): PaidTokens => ({
    committer,
    tokens: 0,
    weight: 0,
    contested: 0,
    contester: undefined,
  }));
  const most = new Int32Array(committers.length).fill(NONE);
  const reasons = Object.values(residualReasons).map((code) => ({ reason: code as number, tokens: 0, weight: 0 }));
  for (let token = 0; token < payee.length; token++) {
    const weight = weights[token + 1]! - weights[token]!;
    const number = payee[token]!;
    const sum = number === NONE ? reasons[reason[token]! - 1]! : sums[number]!;
    sum.tokens++;
    sum.weight += weight;
    const by = contester[token]!;
    if (number === NONE || by === NONE) continue;
    sums[number]!.contested += weight;
    if (most[number] === NONE || ranks[by]! < ranks[most[number]!]!) most[number] = by;
  }
  for (const [number, sum] of sums.entries()) if (most[number] !== NONE) sum.contester = committers[most[number]!];
  return { paid: sums.filter(({ tokens }) => tokens > 0), unpaid: reasons.filter(({ tokens }) => tokens > 0) };
}
