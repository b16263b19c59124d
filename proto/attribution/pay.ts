import { BILLIONTHS, shareFloor } from "../amount.js";
import type { Messages } from "../codec/message.js";
import type { BatchRecord } from "./batch.js";
import { amountOf, samplingError, type CreditRecord, type SettlementRecord } from "./settled.js";

/** One entry of the payout ledger. */
export type PayEntry = Messages["tributary.payout.v1.Entry"];
type Royalty = Messages["tributary.attribution.v1.Royalty"];

/** Kinds of entries; permanent. Royalties and revenue accrue to the owner of the version at each release. */
export const payKinds = { contribution: 1, provider: 2, royalty: 3, revenue: 4 } as const;

/** A batch that is settled. */
export interface SettledBatch {
  readonly batch: BatchRecord;
  readonly settlement: SettlementRecord;
  /** When its entries mature, unix milliseconds. */
  readonly dueTime: bigint;
}

/** The entries that a settled batch books at once: of the provider, of royalties and of revenue. Amounts above 0 alone. */
export function batchEntries(settled: SettledBatch, royalties: readonly Royalty[]): PayEntry[] {
  const { batch, settlement } = settled;
  const whole = (kind: number, subject: bigint, units: bigint): PayEntry =>
    entryOf(settled, kind, subject, units * BILLIONTHS);
  return [
    { ...whole(payKinds.provider, 0n, batch.providerShare - settlement.forfeited), owner: batch.provider },
    ...royalties.map(({ versionId, amount }) => whole(payKinds.royalty, versionId, amount)),
    whole(payKinds.revenue, batch.versionId, batch.ownerShare),
  ].filter(({ amount }) => amount !== "0");
}

/**
 * The entry of one credit; undefined if all of it is contested. The datanet takes its share of the whole base units, by
 * the terms that the contribution consented to; the owner keeps the rest.
 */
export function creditEntry(
  settled: SettledBatch,
  credit: CreditRecord,
  treasuryBasisPoints: bigint,
): PayEntry | undefined {
  const { contributionId, owner, datanetId, tokens, receipts } = credit;
  const amount = amountOf(credit.amount) - amountOf(credit.contested);
  if (amount === 0n) return undefined;
  const treasury = shareFloor(amount / BILLIONTHS, treasuryBasisPoints) * BILLIONTHS;
  return {
    ...entryOf(settled, payKinds.contribution, contributionId, amount),
    owner,
    datanetId,
    tokens,
    receipts,
    treasury: treasury.toString(),
    selfDealt: credit.selfDealt,
    samplingError: samplingError(credit, settled.settlement).toString(),
  };
}

function entryOf({ batch, dueTime }: SettledBatch, kind: number, subject: bigint, amount: bigint): PayEntry {
  return {
    batchId: batch.id,
    kind,
    subject,
    owner: "",
    versionId: batch.versionId,
    amount: amount.toString(),
    treasury: "0",
    datanetId: 0n,
    tokens: 0n,
    receipts: 0n,
    dueTime,
    matured: false,
    maturedHeight: 0n,
    released: "0",
    samplingError: "0",
    selfDealt: "0",
  };
}

type Line = Messages["tributary.payout.v1.Line"];
type Account = Messages["tributary.payout.v1.Account"];

/**
 * The part of a statement line that its owner was paid, in billionths. A payment pays all whole base units that are owed,
 * so that less than one may be missing at the last line: it stays owed. What went to creditors counts as paid.
 */
export function paidOf({ earned, through, settled }: Line, { paid, repaid }: Pick<Account, "paid" | "repaid">): bigint {
  const spent = amountOf(paid) + amountOf(repaid);
  return spent + BILLIONTHS > amountOf(through) ? amountOf(earned) : amountOf(settled);
}

/** The account of an owner that has earned nothing yet. */
export function newAccount(owner: string): Account {
  const nothing = { pending: "0", matured: "0", paid: "0", repaid: "0", recovered: "0" };
  return { owner, ...nothing, queued: false, lastPaidHeight: 0n, lastPaidTime: 0n };
}
