import { drawnOf, isWhole, type BatchRecord } from "../../attribution/batch.js";
import { formedHeight, type Epoch } from "../../attribution/epoch.js";
import { payEntries, payKinds, type PayEntry } from "../../attribution/pay.js";
import { settledRecords, type CreditRecord, type SettledRecords } from "../../attribution/settled.js";
import { creditLookups } from "../../attribution/standing.js";
import { present } from "../../assert.js";
import { stateKeys } from "../../light/state-keys.js";
import { compareEpoch } from "./beacon.js";
import type { Comparison } from "./compare.js";
import type { Contributions } from "./contributions.js";
import { VerifyFault } from "./fault.js";
import type { TrustedHeaders } from "./headers.js";
import { readOpenings } from "./openings.js";
import { inOrder } from "./state.js";
import { compareFees, compareVouchers, readVouchers, type VoucherWorld } from "./vouchers.js";
import { readVersion } from "./version.js";

/** Everything that verifying batches reads. */
export interface BatchWorld extends VoucherWorld {
  readonly headers: TrustedHeaders;
  readonly contributions: Contributions;
  /** Common phrases of genesis; nothing in this version of the chain changes them. */
  readonly common: ReadonlySet<bigint>;
}

/** A settled batch and its recomputed records. */
export interface BatchVerdict {
  readonly batch: BatchRecord;
  readonly recomputed: SettledRecords;
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
  const { state, contributions, common } = world;
  const params = await state.get(
    "tributary.attribution.v1.Params",
    stateKeys.attributionParams(),
    "attribution parameters",
  );
  found.equal(`formed_height of batch ${batch.id}`, batch.formedHeight, formedHeight(batch.epoch, params.epochBlocks));
  const { version, shares, licensed } = await readVersion(state, batch.versionId);
  const vouchers = await readVouchers(world, batch);
  await compareVouchers(state, batch, vouchers, params.epochBlocks, found);
  const royalties = await compareFees(state, batch, vouchers, shares, found);

  const epoch = await readEpoch(world, batch);
  if (epoch.beacon.length > 0) await compareEpoch(world.headers, epoch, params.windowBlocks, found);
  const openings = await readOpenings(world, batch, vouchers, epoch.beacon, found);
  const settlement = present(batch.settlement, "only settled batches are verified");
  await compareMoment(world, batch, epoch, found);
  const treasuries = await readTreasuries(world);
  const holders = await contributions.holdersAt(batch.formedHeight);
  const recomputed = settledRecords(
    {
      batch,
      vouchers,
      openings,
      beacon: epoch.beacon,
      lookups: creditLookups(
        {
          contribution: (id) => contributions.get(id),
          holders,
          common: (fingerprint) => common.has(fingerprint),
          licensed,
        },
        version,
        batch.formedHeight,
      ),
      contribution: (id) => contributions.get(id),
      treasuryBasisPoints: ({ id }) => present(treasuries.get(id), "terms of all contributions were read"),
    },
    settlement,
  );
  found.record(`settlement of batch ${batch.id}`, settlement, recomputed.settlement);
  await compareCredits(world, batch, recomputed.credits, found);
  const pay = { batch, settlement: recomputed.settlement, credits: recomputed.credits, royalties };
  const entries = await compareEntries(world, pay, found);
  return { batch, recomputed, entries };
}

/** The epoch whose beacon samples the batch; a batch that is opened whole needs none. */
async function readEpoch({ state }: BatchWorld, batch: BatchRecord): Promise<Epoch> {
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

/** Of each contribution, what its datanet takes by the terms that it consented to. */
async function readTreasuries({ state, contributions }: BatchWorld): Promise<ReadonlyMap<bigint, bigint>> {
  const rows = await inOrder(contributions.all, async ({ id, datanetId, termsVersion }) => {
    const what = `terms ${termsVersion} of datanet ${datanetId}`;
    const terms = await state.get("tributary.datanet.v1.Terms", stateKeys.terms(datanetId, termsVersion), what);
    return [id, BigInt(terms.treasuryBasisPoints)] as const;
  });
  return new Map(rows);
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

const KIND_NAMES: Readonly<Record<number, string>> = {
  [payKinds.provider]: "the provider",
  [payKinds.royalty]: "the royalty of version",
  [payKinds.revenue]: "the revenue of version",
};

/** Everything booked is what is owed, and nothing is owed to anybody else. @returns what the chain has booked */
async function compareEntries(
  { state, contributions }: BatchWorld,
  pay: Parameters<typeof payEntries>[0],
  found: Comparison,
): Promise<PayEntry[]> {
  const params = await state.get("tributary.payout.v1.Params", stateKeys.payoutParams(), "payout parameters");
  const { batch, settlement, royalties } = pay;
  const expected = new Map(
    payEntries(pay, settlement.time + params.holdBackMs).map((entry) => [`${entry.kind}/${entry.subject}`, entry]),
  );
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
    const { matured, maturedHeight, released } = recorded ?? { matured: false, maturedHeight: 0n, released: 0n };
    found.record(what, recorded, recomputed && { ...recomputed, matured, maturedHeight, released });
    found.equal(`released more than the ${what}`, recorded !== undefined && released > recorded.amount, false);
    return recorded;
  });
  return booked.filter((entry) => entry !== undefined);
}
