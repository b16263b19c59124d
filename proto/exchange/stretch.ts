import { receiptHash, receiptLeaf, type Receipt } from "../attribution/receipt.js";
import { appendSum, EMPTY_SUM_FRONTIER, topOf, type SumFrontier } from "../attribution/sum-frontier.js";
import type { Voucher } from "../attribution/voucher.js";
import type { Bytes } from "../bytes.js";
import { assert } from "../assert.js";
import { isRejection } from "../rejection.js";
import { U64_MAX } from "../attribution/limits.js";
import type { ChannelTerms } from "./sealed.js";

/** A receipt as a voucher counts it. */
export interface Counted {
  readonly nonce: bigint;
  readonly fee: bigint;
  /** 32 bytes. */
  readonly hash: Bytes;
}

/** A receipt as a voucher counts it. */
export function counted(receipt: Receipt): Counted {
  return { nonce: receipt.nonce, fee: receipt.fee, hash: receiptHash(receipt) };
}

/** Receipts 1 to `nonce` of a channel: every receipt is audited, so that its index is its nonce less one. */
export interface Prefix {
  readonly nonce: bigint;
  /** Sum of the fees. */
  readonly amount: bigint;
  readonly frontier: SumFrontier;
}

/** A channel without receipts. */
export const EMPTY_PREFIX: Prefix = { nonce: 0n, amount: 0n, frontier: EMPTY_SUM_FRONTIER };

/** The prefix with the next receipt. Its sum stays below a deposit, and so below 2^64. */
export function extended({ nonce, amount, frontier }: Prefix, next: Counted): Prefix {
  assert(next.nonce === nonce + 1n && amount + next.fee <= U64_MAX, "receipts of a channel follow each other");
  const grown = appendSum(frontier, receiptLeaf(next.fee, next.hash));
  assert(!isRejection(grown), "the sum is below 2^64");
  return { nonce: next.nonce, amount: amount + next.fee, frontier: grown };
}

/** The voucher that pays for a prefix. @param openAll every receipt is to be opened, as far as the chain's bound goes */
export function voucherOver(terms: ChannelTerms, { nonce, amount, frontier }: Prefix, openAll: boolean): Voucher {
  const top = topOf(frontier);
  assert(!isRejection(top), "the sum is below 2^64");
  const { chainId, channelId } = terms;
  return {
    ...{ chainId, channelId, nonce, amount },
    ...{ auditRoot: top.hash, auditSum: top.sum, auditCount: top.count, openAll },
  };
}
