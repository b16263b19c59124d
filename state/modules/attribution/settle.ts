import { assert, present } from "#proto/assert.js";
import { ruledReceipt } from "#proto/attribution/opening.js";
import { addReceipt, noSums, type BatchSums } from "#proto/attribution/rule/batch.js";
import type { RuleFacts } from "#proto/attribution/rule/facts.js";
import { priceReceipt } from "#proto/attribution/rule/price.js";
import type { RuledReceipt } from "#proto/attribution/rule/receipt.js";
import { ruleReceipt } from "#proto/attribution/rule/rule.js";
import { noProgress, settlementOf, withReceipts } from "#proto/attribution/settled.js";
import { receiptWork, WORK } from "#proto/attribution/work.js";
import type { Bytes } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import { controllerAt, receiveBatch } from "../payout/index.js";
import { beaconOf, heldFor, planOf, vouchersOf } from "./batch.js";
import { batchSettled } from "./events.js";
import { factsOf } from "./facts.js";
import { batches, openings, progress, royalties, unsettled } from "./keys.js";
import { shownPieces } from "./open.js";
import { addToRecord } from "./record.js";
import { storeSums } from "./sums.js";
import { addResidual, addSettled } from "./totals.js";
import type { Batch, OpenedReceipt, Progress, Settlement, Voucher } from "./types.js";

/** The work of a step. */
export interface Step {
  /** In look-ups (proto/attribution/work.ts). */
  readonly work: number;
  /** Whether the batch needs no further step. */
  readonly done: boolean;
}

/**
 * Goes on with the receipts of a batch, in the order of their keys, until `budget` is used up: at least one of them. Sums are
 * on record after each step, so that the pieces do not show in the result. The last one settles the batch; its credits are
 * then booked (book.ts).
 */
export function settleReceipts(context: Context, batch: Batch, budget: number): Step {
  const { view } = context;
  const before = progress.get(view, [batch.id]) ?? noProgress(batch.id);
  const list = vouchersOf(view, batch);
  const plan = planOf(view, batch, list);
  let facts: RuleFacts | undefined; // A batch of which nothing was opened needs none.
  const sums = noSums();
  let work = WORK.voucher * list.length;
  for (const [[, voucherId, index], opened] of openings.range(view, {
    prefix: [batch.id],
    from: [batch.id, before.voucherId, before.index],
  })) {
    if (work >= budget && sums.opened > 0n) {
      store(context, batch, sums, { ...withReceipts(before, sums), voucherId, index });
      return { work, done: false };
    }
    const share = present(
      plan.shareOf(voucherId, { from: opened.intervalFrom, to: opened.intervalTo }),
      "what was opened was drawn",
    );
    if (facts === undefined) {
      facts = factsOf(context, batch);
      work += WORK.datanet * facts.version.datanets.length;
    }
    const ruled = receiptOf(context, batch, opened, facts.version.datanets.length);
    const ruling = ruleReceipt(ruled, facts);
    const pay = priceReceipt(ruling, share.pool);
    addReceipt(sums, { voucherId, payers: payersOf(context, batch, list, voucherId), share, ruling, pay });
    work += receiptWork(ruled, ruling, ruling.committers.length);
  }
  const after = withReceipts(before, sums);
  store(context, batch, sums, after);
  const upstream = royalties.get(view, [batch.id])?.royalties ?? [];
  const settlement = settlementOf(batch, plan, after, beaconOf(view, batch), context.block);
  close(context, batch, settlement, upstream);
  work += WORK.booking * (BATCH_BOOKINGS + upstream.length);
  return { work, done: after.credited === "0" };
}

/** Work of closing a batch beside its royalties: its record, that of its provider, the provider and the revenue. */
const BATCH_BOOKINGS = 4;

/** The keys that pay to the consumer and to its funder would follow, as of the height at which the batch was formed. */
function payersOf(context: Context, { formedHeight }: Batch, list: readonly Voucher[], id: bigint): Bytes[] {
  const { consumer, funder } = present(
    list.find((voucher) => voucher.id === id),
    "an opening is of a voucher of its batch",
  );
  return (funder === "" ? [consumer] : [consumer, funder]).map((text) =>
    controllerAt(context, present(context.address.parse(text), "a stored payer is an address"), formedHeight),
  );
}

function receiptOf({ view, address }: Context, batch: Batch, opened: OpenedReceipt, datanets: number): RuledReceipt {
  const opener = present(address.parse(opened.opener), "an opener is an address");
  const head = present(opened.head, "a kept opening has its head");
  const ruled = ruledReceipt(head, shownPieces(view, batch.id, opened, opener), datanets);
  assert(!isRejection(ruled), "an opening was checked when its last piece came");
  return ruled;
}

function store({ view }: Context, batch: Batch, sums: BatchSums, next: Progress): void {
  storeSums(view, batch, sums);
  progress.put(view, [batch.id], next);
}

/** pool = credited + residual, to the last billionth; the ledger takes over what is credited. */
function close(
  context: Context,
  batch: Batch,
  settlement: Settlement,
  upstream: Parameters<typeof receiveBatch>[2],
): void {
  const { view } = context;
  const settled: Batch = { ...batch, settlement };
  batches.put(view, [batch.id], settled);
  unsettled.delete(view, [batch.epoch, batch.id]);
  addResidual(view, batch.versionId, settlement);
  addSettled(view, heldFor(batch), batch.pool, settlement);
  addToRecord(context, batch, settlement);
  batchSettled(context, batch, settlement);
  receiveBatch(context, { batch, settlement }, upstream);
  if (settlement.credited === "0") progress.delete(view, [batch.id]);
}
