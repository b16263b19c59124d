import type { Committer } from "../lookups.js";
import type { ReceiptPay } from "./price.js";
import type { Ruling } from "./rule.js";
import { NONE } from "./windows.js";

/**
 * Sums over the receipts of a batch. Sums alone: a batch may be settled in any pieces and in any order, and a receipt is
 * explained without the others.
 */
export interface BatchSums {
  readonly credits: Map<bigint, CreditSum>;
  /** Contested credit by pair: contester, then the paid contribution. */
  readonly contested: Map<bigint, Map<bigint, bigint>>;
  /** Uses without a licence, by the first committer. */
  readonly unlicensed: Map<bigint, UseSum>;
  /** Residual, by the code of the reason. */
  readonly residual: Map<number, ResidualSum>;
  lookups: number;
  pairs: number;
}

/** What a batch pays to one contribution, in billionths, contested credit included. */
export interface CreditSum {
  readonly committer: Committer;
  receipts: number;
  tokens: number;
  amount: bigint;
}
/** Tokens that nobody was paid for, and the receipts that hold them. */
export interface UseSum {
  receipts: number;
  tokens: number;
}
/** What one reason explains, in billionths. */
export interface ResidualSum {
  tokens: number;
  amount: bigint;
}

/** The sums of no receipt. */
export function noSums(): BatchSums {
  return {
    credits: new Map(),
    contested: new Map(),
    unlicensed: new Map(),
    residual: new Map(),
    lookups: 0,
    pairs: 0,
  };
}

/** Adds one receipt to the sums of its batch. Work: one step a token and a row. */
export function addReceipt(sums: BatchSums, ruling: Ruling, { credits, residual }: ReceiptPay): void {
  sums.lookups += ruling.lookups;
  sums.pairs += ruling.pairs;
  for (const { committer, tokens, amount, contested, contester } of credits) {
    const { contribution } = committer;
    const sum = known(sums.credits, contribution, () => ({ committer, receipts: 0, tokens: 0, amount: 0n }));
    sum.receipts += 1;
    sum.tokens += tokens;
    sum.amount += amount;
    if (contester === undefined || contested === 0n) continue;
    const pairs = known(sums.contested, contester.contribution, () => new Map<bigint, bigint>());
    pairs.set(contribution, (pairs.get(contribution) ?? 0n) + contested);
  }
  for (const { reason, tokens, amount } of residual) {
    const sum = known(sums.residual, reason, () => ({ tokens: 0, amount: 0n }));
    sum.tokens += tokens;
    sum.amount += amount;
  }
  const used = new Map<number, number>();
  for (const number of ruling.unlicensed) if (number !== NONE) used.set(number, (used.get(number) ?? 0) + 1);
  for (const [number, tokens] of used) {
    const { contribution } = ruling.committers[number]!;
    const sum = known(sums.unlicensed, contribution, () => ({ receipts: 0, tokens: 0 }));
    sum.receipts += 1;
    sum.tokens += tokens;
  }
}

function known<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const before = map.get(key);
  if (before !== undefined) return before;
  const made = make();
  map.set(key, made);
  return made;
}
