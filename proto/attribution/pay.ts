import { parseAmount } from "../amount.js";
import { present } from "../assert.js";
import type { Messages } from "../codec/message.js";
import type { BatchRecord } from "./batch.js";
import type { CreditRecord, SettlementRecord } from "./settled.js";

/** One entry of the payout ledger. */
export type PayEntry = Messages["tributary.payout.v1.Entry"];
type Royalty = Messages["tributary.attribution.v1.Royalty"];

/** Kinds of entries; permanent. Royalties and revenue accrue to the owner of the version at each release. */
export const payKinds = { contribution: 1, provider: 2, royalty: 3, revenue: 4 } as const;

/** A settled batch with everything that its payouts follow from. */
export interface BatchPay {
  readonly batch: BatchRecord;
  readonly settlement: SettlementRecord;
  readonly credits: readonly CreditRecord[];
  readonly royalties: readonly Royalty[];
}

/**
 * The entries that a settled batch books. A credit is booked even with amount 0, because its entry states the reason.
 * @param dueTime when the entries mature, unix milliseconds
 */
export function payEntries({ batch, settlement, credits, royalties }: BatchPay, dueTime: bigint): PayEntry[] {
  const { id: batchId, versionId } = batch;
  const entry = (kind: number, subject: bigint, amount: bigint): PayEntry => ({
    batchId,
    kind,
    subject,
    owner: "",
    versionId,
    amount,
    treasury: 0n,
    datanetId: 0n,
    positions: 0n,
    receipts: 0n,
    dueTime,
    matured: false,
    maturedHeight: 0n,
    released: 0n,
    unpaid: [],
  });
  const earned = credits.map((credit) => {
    const { contributionId, owner, datanetId, positions, receipts, amount, treasury, unpaid } = credit;
    const use = { owner, datanetId, positions, receipts, treasury, unpaid };
    return { ...entry(payKinds.contribution, contributionId, amount), ...use };
  });
  const others = [
    { ...entry(payKinds.provider, 0n, batch.providerShare - settlement.forfeited), owner: batch.provider },
    ...royalties.map((royalty) => entry(payKinds.royalty, royalty.versionId, royalty.amount)),
    entry(payKinds.revenue, versionId, batch.ownerShare),
  ];
  return [...earned, ...others.filter(({ amount }) => amount > 0n)];
}

type Line = Messages["tributary.payout.v1.Line"];
type Account = Messages["tributary.payout.v1.Account"];

/** The part of a statement line that its owner was paid, in base units. A payment always pays everything owed. */
export function paidOf({ earned, through, settled }: Line, { paid }: Pick<Account, "paid">): bigint {
  return amountOf(paid) >= amountOf(through) ? earned : settled;
}

const amountOf = (text: string): bigint => present(parseAmount(text), "a stored amount is a decimal string");
