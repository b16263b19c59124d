import { assert } from "../../assert.js";
import { equalBytes, type Bytes } from "../../bytes.js";
import type { Share } from "../settle.js";
import type { ReceiptPay } from "./price.js";
import type { Ruling } from "./rule.js";
import { NONE } from "./windows.js";

/**
 * Sums over receipts of one batch. Sums alone: a batch may be settled in any pieces and in any order, and a receipt is
 * explained without the others.
 */
export interface BatchSums {
  /** By contribution. */
  readonly credits: Map<bigint, CreditSum>;
  /** Contested credit in billionths, by pair: the paid contribution, then the contester. */
  readonly contests: Map<bigint, Map<bigint, bigint>>;
  /** Uses without a licence, by the first committer, then by voucher. */
  readonly uses: Map<bigint, Map<bigint, UseSum>>;
  /** Residual, by the code of the reason. */
  readonly residual: Map<number, ResidualSum>;
  /** Draws that were answered, or receipts of a batch that is opened whole. */
  opened: bigint;
  /** Billionths of the pool that these receipts share out. */
  shared: bigint;
  /** Base units of the provider's share that they earn. */
  earned: bigint;
}

/** The pay of a batch to one contribution. */
export interface CreditSum {
  receipts: number;
  tokens: number;
  /** Billionths, contested credit included. */
  amount: bigint;
  contested: bigint;
  /** The part that the owner has paid itself, as a consumer or its funder. */
  selfDealt: bigint;
  /** Sum over draws of the squared amounts, for the sampling error. */
  squares: bigint;
}
/** Unpaid tokens, and the receipts that contain them. */
export interface UseSum {
  receipts: number;
  tokens: number;
}
/** The amount with one reason, in billionths. */
export interface ResidualSum {
  tokens: number;
  amount: bigint;
}

/** The sums of no receipt. */
export function noSums(): BatchSums {
  return {
    credits: new Map(),
    contests: new Map(),
    uses: new Map(),
    residual: new Map(),
    opened: 0n,
    shared: 0n,
    earned: 0n,
  };
}

/** A receipt that the rule has decided, and what it takes part in. */
export interface SettledReceipt {
  readonly voucherId: bigint;
  /** 20 bytes each: the consumer and, if it is recent, the funder of its account; keys are followed like those of owners. */
  readonly payers: readonly Bytes[];
  readonly share: Share;
  readonly ruling: Ruling;
  readonly pay: ReceiptPay;
}

/** Adds one receipt to the sums of its batch. Work: one step a token and a row. */
export function addReceipt(sums: BatchSums, { voucherId, payers, share, ruling, pay }: SettledReceipt): void {
  assert(share.draws > 0, "a receipt that takes part answers a draw");
  sums.opened += BigInt(share.draws);
  sums.shared += share.pool;
  sums.earned += share.earned;
  for (const { committer, tokens, amount, contested, contester } of pay.credits) {
    const { contribution } = committer;
    const sum = known(sums.credits, contribution, noCredit);
    sum.receipts += 1;
    sum.tokens += tokens;
    sum.amount += amount;
    sum.contested += contested;
    if (payers.some((payer) => equalBytes(payer, committer.owner))) sum.selfDealt += amount;
    sum.squares += (amount * amount) / BigInt(share.draws);
    if (contester === undefined || contested === 0n) continue;
    const pairs = known(sums.contests, contribution, () => new Map<bigint, bigint>());
    pairs.set(contester.contribution, (pairs.get(contester.contribution) ?? 0n) + contested);
  }
  for (const { reason, tokens, amount } of pay.residual) {
    const sum = known(sums.residual, reason, () => ({ tokens: 0, amount: 0n }));
    sum.tokens += tokens;
    sum.amount += amount;
  }
  const used = new Map<number, number>();
  for (const number of ruling.unlicensed) if (number !== NONE) used.set(number, (used.get(number) ?? 0) + 1);
  for (const [number, tokens] of used) {
    const { contribution } = ruling.committers[number]!;
    const vouchers = known(sums.uses, contribution, () => new Map<bigint, UseSum>());
    const sum = known(vouchers, voucherId, () => ({ receipts: 0, tokens: 0 }));
    sum.receipts += 1;
    sum.tokens += tokens;
  }
}

function noCredit(): CreditSum {
  return { receipts: 0, tokens: 0, amount: 0n, contested: 0n, selfDealt: 0n, squares: 0n };
}

function known<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const before = map.get(key);
  if (before !== undefined) return before;
  const made = make();
  map.set(key, made);
  return made;
}
