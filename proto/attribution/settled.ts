import { openedReceipt } from "./opening.js";
import { shareFloor } from "../amount.js";
import { present } from "../assert.js";
import type { Bytes } from "../bytes.js";
import type { Messages } from "../codec/message.js";
import { isWhole, type BatchRecord } from "./batch.js";
import { residualReasons, type ContributionCredit, type CreditLookups, type ResidualReason } from "./credit.js";
import { settleBatch, type LocatedOpening, type Settlement } from "./settle.js";
import type { Contribution } from "./standing.js";

/** The record that the chain writes when it settles a batch. Verifiers recompute it and compare. */
export type SettlementRecord = Messages["tributary.attribution.v1.Settlement"];
/** The record of one contribution's credit in one batch. */
export type CreditRecord = Messages["tributary.attribution.v1.Credit"];
type VoucherRecord = Messages["tributary.attribution.v1.Voucher"];
type OpenedRecord = Messages["tributary.attribution.v1.OpenedReceipt"];

/** Everything that settling one batch reads. */
export interface BatchFacts {
  readonly batch: BatchRecord;
  /** All vouchers of the batch, ascending by id. */
  readonly vouchers: readonly VoucherRecord[];
  /** All openings of the batch, in any order, each verified against its voucher. */
  readonly openings: readonly OpenedRecord[];
  /** Beacon of the batch's epoch; empty as long as it has none. */
  readonly beacon: Bytes;
  readonly lookups: CreditLookups;
  contribution(id: bigint): Contribution;
  /** The datanet's share by the terms that the contribution consented to. */
  treasuryBasisPoints(contribution: Contribution): bigint;
}

/** The records of one settlement. */
export interface SettledRecords {
  readonly settlement: SettlementRecord;
  /** One row per contribution that was paid, or used without pay, with the reasons. Ascending by contribution. */
  readonly credits: readonly CreditRecord[];
  /** The outcome draw by draw and position by position, which no record stores. */
  readonly outcome: Settlement;
}

const NO_BEACON = new Uint8Array(32);

/** The records that settling a batch writes. @param at height and time (unix milliseconds) of the settling block */
export function settledRecords(
  facts: BatchFacts,
  at: { readonly height: bigint; readonly time: bigint },
): SettledRecords {
  const { batch, vouchers, lookups } = facts;
  const whole = isWhole(batch);
  const beacon = whole || facts.beacon.length === 0 ? NO_BEACON : facts.beacon;
  const { id: batchId, auditedPool: pool, providerShare: bond, sampleMax } = batch;
  const outcome = settleBatch(
    { batchId, pool, bond, vouchers, whole, beacon, sampleMax },
    locatedOpenings(facts),
    lookups,
  );
  const { height, time } = at;
  const kept = beacon === NO_BEACON ? new Uint8Array(0) : beacon;
  const settlement = { height, time, ...settlementOf(batch, outcome, kept) };
  return { settlement, credits: creditRows(facts, outcome), outcome };
}

function locatedOpenings({ vouchers, openings }: BatchFacts): LocatedOpening[] {
  const places = new Map(vouchers.map((voucher, place) => [voucher.id, place]));
  return openings.map(({ opening, intervalFrom, intervalTo }) => {
    const whole = present(opening, "a kept opening is whole");
    return {
      voucher: present(places.get(whole.voucherId), "an opening is of a voucher of its batch"),
      index: whole.index,
      interval: { from: intervalFrom, to: intervalTo },
      opened: openedReceipt(whole),
    };
  });
}

function settlementOf(
  batch: BatchRecord,
  outcome: Settlement,
  beacon: Bytes,
): Omit<SettlementRecord, "height" | "time"> {
  const notAudited = batch.pool - batch.auditedPool;
  const reasons: SettlementRecord["reasons"] = [];
  for (const [name, code] of Object.entries(residualReasons)) {
    const { count, amount } = outcome.reasons[name as ResidualReason];
    const extra = name === "notAudited" && notAudited > 0n ? 1 : 0;
    const sum = extra === 1 ? amount + notAudited : amount;
    if (count + extra > 0) reasons.push({ reason: code, count: BigInt(count + extra), amount: sum });
  }
  return {
    whole: isWhole(batch),
    beacon,
    drawn: BigInt(outcome.drawn),
    opened: BigInt(outcome.opened),
    credited: outcome.credited,
    residual: outcome.residual + notAudited,
    forfeited: outcome.forfeited,
    reasons,
  };
}

function creditRows(facts: BatchFacts, outcome: Settlement): CreditRecord[] {
  const receipts = receiptsOf(outcome);
  const paid = new Map(outcome.contributions.map((credit) => [credit.contribution, credit]));
  const unpaid = new Map<bigint, CreditRecord["unpaid"]>();
  for (const { contribution, reason, positions, amount } of outcome.unpaid) {
    const list = unpaid.get(contribution) ?? [];
    list.push({ reason: residualReasons[reason], count: BigInt(positions), amount });
    unpaid.set(contribution, list);
  }
  const ids = [...new Set([...paid.keys(), ...unpaid.keys()])].sort((a, b) => (a < b ? -1 : 1));
  return ids.map((contribution) => {
    const credit = paid.get(contribution) ?? { contribution, positions: 0, amount: 0n };
    const draws = receipts.get(contribution)?.size ?? 0;
    return creditOf(facts, credit, draws, unpaid.get(contribution) ?? []);
  });
}

/** In how many of the opened receipts each contribution was found. */
function receiptsOf({ credits: paid }: Settlement): ReadonlyMap<bigint, ReadonlySet<number>> {
  const draws = new Map<bigint, Set<number>>();
  for (const { contribution, draw } of paid) {
    const known = draws.get(contribution);
    if (known === undefined) draws.set(contribution, new Set([draw]));
    else known.add(draw);
  }
  return draws;
}

/** The datanet's share follows from the terms; the owner keeps the remainder of the division. */
function creditOf(
  facts: BatchFacts,
  { contribution: id, positions, amount }: ContributionCredit,
  receipts: number,
  unpaid: CreditRecord["unpaid"],
): CreditRecord {
  const contribution = facts.contribution(id);
  return {
    batchId: facts.batch.id,
    contributionId: id,
    owner: contribution.owner,
    datanetId: contribution.datanetId,
    positions: BigInt(positions),
    receipts: BigInt(receipts),
    amount,
    treasury: shareFloor(amount, facts.treasuryBasisPoints(contribution)),
    unpaid,
  };
}
