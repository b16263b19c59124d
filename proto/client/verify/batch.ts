import { drawnOf, isWhole, type BatchRecord } from "../../attribution/batch.js";
import { formedHeight, type Epoch } from "../../attribution/epoch.js";
import { batchEntries, creditEntry, payKinds, type PayEntry, type SettledBatch } from "../../attribution/pay.js";
import { addReceipt, noSums, type BatchSums } from "../../attribution/rule/batch.js";
import type { RuleFacts } from "../../attribution/rule/facts.js";
import { priceReceipt, type ReceiptPay } from "../../attribution/rule/price.js";
import { ruleReceipt, type Ruling } from "../../attribution/rule/rule.js";
import { planBatch } from "../../attribution/settle.js";
import type { VoucherRecord } from "../../attribution/stretch.js";
import {
  amountOf,
  contestRecord,
  creditRecord,
  noProgress,
  settlementOf,
  useRecord,
  withReceipts,
  type ContestRecord,
  type CreditRecord,
  type SettlementRecord,
} from "../../attribution/settled.js";
import type { Contribution } from "../../attribution/standing.js";
import { present } from "../../assert.js";
import type { Messages } from "../../codec/message.js";
import { stateKeys } from "../../light/state-keys.js";
import { compareEpoch } from "./beacon.js";
import type { Comparison } from "./compare.js";
import { readFacts, readPayers, type FactsWorld } from "./facts.js";
import { VerifyFault } from "./fault.js";
import type { TrustedHeaders } from "./headers.js";
import { readOpenings, type VerifiedReceipt } from "./openings.js";
import { inOrder, type ProvenState } from "./state.js";
import { compareFees, compareVouchers, readVouchers, type VoucherWorld } from "./vouchers.js";
import { readVersion } from "./version.js";

type Royalty = Messages["tributary.attribution.v1.Royalty"];

/** Everything that verifying batches reads. */
export interface BatchWorld extends VoucherWorld, FactsWorld {
  readonly headers: TrustedHeaders;
}

/** An opened receipt and what it pays. It follows from the receipt and the state alone. */
export interface DecidedReceipt extends VerifiedReceipt {
  readonly ruling: Ruling;
  readonly pay: ReceiptPay;
}

/** Applies the rule to one receipt. */
export function decide(receipt: VerifiedReceipt, facts: RuleFacts): DecidedReceipt {
  const ruling = ruleReceipt(receipt.ruled, facts);
  return { ...receipt, ruling, pay: priceReceipt(ruling, receipt.share.pool) };
}

/** A settled batch and its recomputed records. */
export interface BatchVerdict {
  readonly batch: BatchRecord;
  readonly settlement: SettlementRecord;
  /** The newest voucher of each channel, ascending by id. */
  readonly vouchers: readonly VoucherRecord[];
  /** Ascending by contribution. */
  readonly credits: readonly CreditRecord[];
  /** Contested credit, by pair. */
  readonly contests: readonly ContestRecord[];
  /** Opened receipts, and their pay. */
  readonly receipts: readonly DecidedReceipt[];
  /** Entries as the batch books them with payout. */
  readonly entries: readonly PayEntry[];
}

/** The proven record of a batch. Throws VerifyFault if it is absent, unproven, or of another batch. */
export async function readBatch({ state }: Pick<BatchWorld, "state">, id: bigint): Promise<BatchRecord> {
  const what = `batch ${id}`;
  const batch = await state.get("tributary.attribution.v1.Batch", stateKeys.batch(id), what);
  if (batch.id !== id) throw new VerifyFault("wrong_record", what, `the record is of batch ${batch.id}`);
  return batch;
}

/**
 * Everything that the pay of a batch follows from, each piece proven; then the same rules that the chain applies, and
 * whatever the chain recorded otherwise goes into `found`. Needs a batch that is settled.
 */
export async function verifyBatch(world: BatchWorld, batch: BatchRecord, found: Comparison): Promise<BatchVerdict> {
  const { state, contributions } = world;
  const params = await state.get(
    "tributary.attribution.v1.Params",
    stateKeys.attributionParams(),
    "attribution parameters",
  );
  found.equal(`formed_height of batch ${batch.id}`, batch.formedHeight, formedHeight(batch.epoch, params.epochBlocks));
  const version = await readVersion(state, batch.versionId, batch.formedHeight);
  const vouchers = await readVouchers(world, batch);
  await compareVouchers(world, batch, vouchers, params, found);
  const royalties = await compareFees(state, batch, vouchers, version.shares, found);

  const epoch = await readEpoch(world, batch);
  if (epoch.beacon.length > 0) await compareEpoch(world.headers, epoch, params.windowBlocks, found);
  const plan = planBatch(batch, vouchers, epoch.beacon);
  const opened = await readOpenings(world, { batch, vouchers, plan, versionDatanets: version.datanets.length }, found);
  const settlement = present(batch.settlement, "only settled batches are verified");
  await compareMoment(world, batch, epoch, found);
  const facts = await readFacts(world, batch, version);
  const payers = await readPayers(world, batch, vouchers);
  const sums = noSums();
  const receipts = opened.map((receipt) => decide(receipt, facts));
  for (const receipt of receipts) {
    const paidBy = present(payers.get(receipt.voucherId), "a receipt is of a voucher of its batch");
    addReceipt(sums, { ...receipt, payers: paidBy });
  }
  const recomputed = settlementOf(batch, plan, withReceipts(noProgress(batch.id), sums), epoch.beacon, settlement);
  found.record(`settlement of batch ${batch.id}`, settlement, recomputed);
  const credits = [...sums.credits]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, sum]) => creditRecord(batch, contributions.get(id), sum));
  await compareCredits(world, batch, credits, found);
  const contests = await compareRows(world, batch, sums, found);
  const entries = await compareEntries(world, { batch, settlement: recomputed }, credits, royalties, found);
  return { batch, settlement: recomputed, vouchers, credits, contests, receipts, entries };
}

/** Credits of a batch that has just been settled are booked over several blocks: until then it is not complete. */
export async function isBooking({ state }: Pick<BatchWorld, "state">, id: bigint): Promise<boolean> {
  const key = stateKeys.progress(id);
  return (await state.find("tributary.attribution.v1.Progress", key, `progress of batch ${id}`)) !== undefined;
}

/** The epoch whose beacon samples the batch; a batch that is opened whole needs none. */
export async function readEpoch({ state }: BatchWorld, batch: BatchRecord): Promise<Epoch> {
  const what = `epoch ${batch.epoch}`;
  const epoch = await state.get("tributary.attribution.v1.Epoch", stateKeys.epoch(batch.epoch), what);
  const sampled = !isWhole(batch) && drawnOf(batch) > 0n;
  if (sampled && epoch.beacon.length === 0) throw new VerifyFault("missing", what, "a sampled batch has no beacon");
  return epoch;
}

/** When the batch was settled: in a block of that time, formed before, and not early while openings were missing. */
async function compareMoment(
  { headers }: BatchWorld,
  batch: BatchRecord,
  { deadline }: Epoch,
  found: Comparison,
): Promise<void> {
  const { height, time } = present(batch.settlement, "only settled batches are verified");
  const { trusted } = await headers.at(height);
  found.equal(`time of the settlement of batch ${batch.id}`, time, trusted.time);
  found.equal(`settlement of batch ${batch.id} after its formation`, height > batch.formedHeight, true);
  const early = batch.answered < drawnOf(batch) && (deadline === 0n || height < deadline);
  found.equal(`settlement of batch ${batch.id} before its deadline, with openings missing`, early, false);
}

/** Every contribution has the credit that follows, or is proven to have none. */
async function compareCredits(
  { state, contributions }: BatchWorld,
  { id: batchId }: BatchRecord,
  credits: readonly CreditRecord[],
  found: Comparison,
): Promise<void> {
  const expected = new Map(credits.map((credit) => [credit.contributionId, credit]));
  await inOrder(contributions.all, async ({ id }) => {
    const what = `credit of contribution ${id} in batch ${batchId}`;
    const recorded = await state.find("tributary.attribution.v1.Credit", stateKeys.credit(batchId, id), what);
    const recomputed = expected.get(id);
    if (recorded !== undefined || recomputed !== undefined) found.record(what, recorded, recomputed);
  });
}

/** Contested credit and uses without a licence, by what follows from the receipts. @returns the contested credit */
async function compareRows(
  { state }: BatchWorld,
  { id: batchId }: BatchRecord,
  sums: BatchSums,
  found: Comparison,
): Promise<ContestRecord[]> {
  const contests: ContestRecord[] = [];
  for (const [contribution, seniors] of sums.contests) {
    for (const [senior, amount] of seniors) {
      const what = `credit of contribution ${contribution} in batch ${batchId} that contribution ${senior} contests`;
      const key = stateKeys.contest(batchId, contribution, senior);
      const recorded = await state.find("tributary.attribution.v1.Contest", key, what);
      const recomputed = contestRecord(batchId, contribution, senior, amount);
      found.record(what, recorded, recomputed);
      contests.push(recomputed);
    }
  }
  for (const [contribution, vouchers] of sums.uses) {
    for (const [voucher, sum] of vouchers) {
      const what = `use of contribution ${contribution} without a licence in batch ${batchId}, voucher ${voucher}`;
      const recorded = await state.find(
        "tributary.attribution.v1.Use",
        stateKeys.use(contribution, batchId, voucher),
        what,
      );
      found.record(what, recorded, useRecord(batchId, contribution, voucher, sum));
    }
  }
  return contests;
}

const KIND_NAMES: Readonly<Record<number, string>> = {
  [payKinds.provider]: "the provider",
  [payKinds.royalty]: "the royalty of version",
  [payKinds.revenue]: "the revenue of version",
};

/** Everything booked is what is owed, and nothing is owed to anybody else. @returns what the chain has booked */
async function compareEntries(
  { state, contributions }: BatchWorld,
  { batch, settlement }: Pick<SettledBatch, "batch" | "settlement">,
  credits: readonly CreditRecord[],
  royalties: readonly Royalty[],
  found: Comparison,
): Promise<PayEntry[]> {
  const params = await state.get("tributary.payout.v1.Params", stateKeys.payoutParams(), "payout parameters");
  const settled = { batch, settlement, dueTime: settlement.time + params.holdBackMs };
  const earned = await inOrder(credits, async (credit) =>
    creditEntry(settled, credit, await readTreasury(state, contributions.get(credit.contributionId))),
  );
  const owed = [...earned.filter((entry) => entry !== undefined), ...batchEntries(settled, royalties)];
  const expected = new Map(owed.map((entry) => [`${entry.kind}/${entry.subject}`, entry]));
  const places = [
    ...contributions.all.map(({ id }) => [payKinds.contribution, id] as const),
    [payKinds.provider, 0n] as const,
    ...royalties.map(({ versionId }) => [payKinds.royalty, versionId] as const),
    [payKinds.revenue, batch.versionId] as const,
  ];
  const booked = await inOrder(places, async ([kind, subject]) => {
    const whom = KIND_NAMES[kind] ?? "contribution";
    const what = `pay of ${kind === payKinds.provider ? whom : `${whom} ${subject}`} for batch ${batch.id}`;
    const key = stateKeys.payEntry(batch.id, kind, subject);
    const recorded = await state.find("tributary.payout.v1.Entry", key, what);
    const recomputed = expected.get(`${kind}/${subject}`);
    if (recorded === undefined && recomputed === undefined) return undefined;
    // When it matured and what of it was released is history, not rule.
    const { matured, maturedHeight, released } = recorded ?? { matured: false, maturedHeight: 0n, released: "0" };
    found.record(what, recorded, recomputed && { ...recomputed, matured, maturedHeight, released });
    const isMore = recorded !== undefined && amountOf(released) > amountOf(recorded.amount);
    found.equal(`released more than the ${what}`, isMore, false);
    return recorded;
  });
  return booked.filter((entry) => entry !== undefined);
}

/** The datanet's share by the terms that the contribution consented to, in basis points. */
async function readTreasury(state: ProvenState, { datanetId, termsVersion }: Contribution): Promise<bigint> {
  const what = `terms ${termsVersion} of datanet ${datanetId}`;
  const terms = await state.get("tributary.datanet.v1.Terms", stateKeys.terms(datanetId, termsVersion), what);
  return BigInt(terms.treasuryBasisPoints);
}
