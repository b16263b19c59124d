import { present } from "#proto/assert.js";
import { shareFloor } from "#proto/amount.js";
import { residualReasons, type ContributionCredit, type ResidualReason } from "#proto/attribution/credit.js";
import { settleBatch, type LocatedOpening, type Settlement as Outcome } from "#proto/attribution/settle.js";
import type { Context } from "../../context.js";
import { contributionOf, treasuryBasisPoints } from "../datanet/index.js";
import { bookBatch } from "../payout/index.js";
import { epochOf, heldFor, isWhole, vouchersOf } from "./batch.js";
import { batchSettled, contributionCredited } from "./events.js";
import { batches, credits, creditsOf, openings, royalties, unsettled } from "./keys.js";
import { lookupsOf } from "./lookups.js";
import { addResidual, addSettled } from "./totals.js";
import type { Batch, Credit, Settlement, Voucher } from "./types.js";

const NO_BEACON = new Uint8Array(32);

/**
 * Settles a batch that is formed: the rule of proto/attribution over what was opened, credits on record, what is owed booked
 * with payout, the residual kept for the version. pool = credited + residual, to the last unit.
 */
export function settle(context: Context, batch: Batch): Settlement {
  const { view, fingerprints } = context;
  const list = vouchersOf(view, batch);
  const whole = isWhole(batch);
  const epoch = epochOf(view, batch);
  const beacon = whole || epoch === undefined || epoch.beacon.length === 0 ? NO_BEACON : epoch.beacon;
  const { id: batchId, auditedPool: pool, providerShare: bond, sampleMax } = batch;
  const outcome = settleBatch(
    { batchId, pool, bond, vouchers: list, whole, beacon, sampleMax },
    openingsOf(context, batch, list),
    lookupsOf(view, fingerprints, batch),
  );
  const settlement = settlementOf(context, batch, outcome, beacon);
  const rows = creditRows(context, batch, outcome);
  record(context, batch, settlement, rows);
  bookBatch(context, {
    batchId,
    versionId: batch.versionId,
    provider: batch.provider,
    providerShare: batch.providerShare - settlement.forfeited,
    credits: rows,
    royalties: royalties.get(view, [batchId])?.royalties ?? [],
    ownerShare: batch.ownerShare,
  });
  return settlement;
}

function openingsOf({ view }: Context, { id }: Batch, list: readonly Voucher[]): LocatedOpening[] {
  const places = new Map(list.map((voucher, place) => [voucher.id, place]));
  return [...openings.range(view, { prefix: [id] })].map(
    ([[, voucherId, index], { opening, intervalFrom, intervalTo }]) => {
      const { fingerprints, promptFingerprints, context } = present(opening, "a kept opening is whole");
      return {
        voucher: present(places.get(voucherId), "an opening is of a voucher of its batch"),
        index,
        interval: { from: intervalFrom, to: intervalTo },
        opened: { fingerprints, promptFingerprints, context: context.map(({ contributionId }) => contributionId) },
      };
    },
  );
}

function settlementOf({ block }: Context, batch: Batch, outcome: Outcome, beacon: Settlement["beacon"]): Settlement {
  const notAudited = batch.pool - batch.auditedPool;
  const reasons: Settlement["reasons"] = [];
  for (const [name, code] of Object.entries(residualReasons)) {
    const { count, amount } = outcome.reasons[name as ResidualReason];
    const extra = name === "notAudited" && notAudited > 0n ? 1 : 0;
    const sum = extra === 1 ? amount + notAudited : amount;
    if (count + extra > 0) reasons.push({ reason: code, count: BigInt(count + extra), amount: sum });
  }
  return {
    height: block.height,
    time: block.time,
    whole: isWhole(batch),
    beacon: beacon === NO_BEACON ? new Uint8Array(0) : beacon,
    drawn: BigInt(outcome.drawn),
    opened: BigInt(outcome.opened),
    credited: outcome.credited,
    residual: outcome.residual + notAudited,
    forfeited: outcome.forfeited,
    reasons,
  };
}

/** A row for each contribution that was paid, or used and not paid: both are told why. Ascending by contribution. */
function creditRows(context: Context, batch: Batch, outcome: Outcome): Credit[] {
  const receipts = receiptsOf(outcome);
  const paid = new Map(outcome.contributions.map((credit) => [credit.contribution, credit]));
  const unpaid = new Map<bigint, Credit["unpaid"]>();
  for (const { contribution, reason, positions, amount } of outcome.unpaid) {
    const list = unpaid.get(contribution) ?? [];
    list.push({ reason: residualReasons[reason], count: BigInt(positions), amount });
    unpaid.set(contribution, list);
  }
  const ids = [...new Set([...paid.keys(), ...unpaid.keys()])].sort((a, b) => (a < b ? -1 : 1));
  return ids.map((contribution) => {
    const credit = paid.get(contribution) ?? { contribution, positions: 0, amount: 0n };
    const draws = receipts.get(contribution)?.size ?? 0;
    return creditOf(context, batch, credit, draws, unpaid.get(contribution) ?? []);
  });
}

/** In how many of the opened receipts each contribution was found. */
function receiptsOf({ credits: paid }: Outcome): ReadonlyMap<bigint, ReadonlySet<number>> {
  const draws = new Map<bigint, Set<number>>();
  for (const { contribution, draw } of paid) {
    const known = draws.get(contribution);
    if (known === undefined) draws.set(contribution, new Set([draw]));
    else known.add(draw);
  }
  return draws;
}

/** The datanet takes its part by the terms that the contribution consented to; what the division cuts off is the owner's. */
function creditOf(
  { view }: Context,
  batch: Batch,
  { contribution: id, positions, amount }: ContributionCredit,
  receipts: number,
  unpaid: Credit["unpaid"],
): Credit {
  const contribution = present(contributionOf(view, id), "a credited contribution exists");
  return {
    batchId: batch.id,
    contributionId: id,
    owner: contribution.owner,
    datanetId: contribution.datanetId,
    positions: BigInt(positions),
    receipts: BigInt(receipts),
    amount,
    treasury: shareFloor(amount, treasuryBasisPoints(view, contribution)),
    unpaid,
  };
}

function record(context: Context, batch: Batch, settlement: Settlement, rows: readonly Credit[]): void {
  const { view } = context;
  const { credited, residual, forfeited } = settlement;
  batches.put(view, [batch.id], { ...batch, settlement });
  unsettled.delete(view, [batch.epoch, batch.id]);
  addResidual(view, batch.versionId, residual, forfeited);
  addSettled(view, heldFor(batch), { pool: batch.pool, credited, residual, forfeited });
  batchSettled(context, batch, settlement);
  for (const credit of rows) {
    credits.put(view, [batch.id, credit.contributionId], credit);
    creditsOf.put(view, [credit.contributionId, batch.id], true);
    contributionCredited(context, credit);
  }
}
