import { loadCorpus } from "../corpus/load.js";
import { prepare } from "../corpus/prepare.js";
import { exactDuplicate, submissionsOf } from "../corpus/submissions.js";
import { CliFault } from "../../fault.js";
import { makePage } from "./statement/page.js";
import { earnerTable } from "./statement/earners.js";
import { feeTable } from "./statement/fees.js";
import { reasonTable } from "./statement/reasons.js";
import { receiptTable } from "./statement/receipts.js";
import { openChannels } from "./steps/channels.js";
import { commitAll, contributeAll } from "./steps/contribute.js";
import { createDatanet } from "./steps/datanet.js";
import { offerDuplicate } from "./steps/duplicate.js";
import { publishModel } from "./steps/model.js";
import { openAndSettle, type Batch } from "./steps/open.js";
import { awaitPayment, balancesOf, checkPaid, decimal } from "./steps/payment.js";
import { publishRelease } from "./steps/release.js";
import { review } from "./steps/review.js";
import { askAll, redeem, type RedeemedBatch } from "./steps/use.js";
import { verifyPayouts } from "./steps/verify.js";
import type { Story } from "./story.js";
import type { FeeTotals } from "./summary.js";

/** Questions of each of the two consumers: 48 receipts are opened whole, 208 are sampled. */
const EACH_WHOLE = 24;
const EACH_SAMPLED = 104;

export interface Told {
  readonly contributions: number;
  /** What the consumers signed and the provider redeemed; it follows from the seed. */
  readonly redeemed: readonly RedeemedBatch[];
  readonly batches: readonly Batch[];
  readonly totals: FeeTotals;
  readonly verified: boolean;
}

/** The whole story, from the first text to the last payment. @param meanwhile runs while the model is used */
export async function tell(story: Story, meanwhile: () => Promise<void>): Promise<Told> {
  const corpus = loadCorpus();
  const datanet = await createDatanet(story);
  const prepared = (one: ReturnType<typeof exactDuplicate>) => prepare(one, story.cast(one.owner).key, datanet.id);
  const texts = submissionsOf(corpus).map(prepared);
  await commitAll(story, texts);
  const contributed = await contributeAll(story, datanet, texts);
  await offerDuplicate(story, datanet, prepared(exactDuplicate(corpus)));
  const [first, ...rest] = await review(story, contributed);
  if (first === undefined) throw new CliFault("story", "no contribution was accepted");
  const release = await publishRelease(story, datanet);

  const published = await publishModel(story, release, [first, ...rest]);
  const channels = await openChannels(story, published);
  const before = await balancesOf(story);
  const [used] = await Promise.all([useTwice(story, published, channels), meanwhile()]);
  const accounts = await awaitPayment(story);
  await checkPaid(story, before, accounts);

  const { agrees, batches } = await verifyPayouts(
    story,
    used.batches.map(({ id }) => id),
  );
  const page = makePage(story.world);
  await earnerTable(story, page, contributed);
  feeTable(page, used.batches);
  receiptTable(page, batches);
  reasonTable(page, used.batches);
  return { contributions: 1 + rest.length, ...used, totals: await totalsOf(story), verified: agrees };
}

/** One batch that is opened whole, one that is sampled; the second collects while the first is opened. */
async function useTwice(
  story: Story,
  published: Parameters<typeof askAll>[1],
  channels: Parameters<typeof askAll>[2],
): Promise<{ readonly redeemed: readonly RedeemedBatch[]; readonly batches: readonly Batch[] }> {
  const whole = await redeem(story, askAll(story, published, channels, EACH_WHOLE, true), -1n);
  const sampled = await redeem(story, askAll(story, published, channels, EACH_SAMPLED, false), whole.epoch);
  const redeemed = [whole, sampled];
  const batches: Batch[] = [];
  for (const one of redeemed) batches.push(await openAndSettle(story, one));
  return { redeemed, batches };
}

async function totalsOf({ node }: Story): Promise<FeeTotals> {
  const totals = await node.query("tributary.usage.v1.Query/Totals");
  const { fees, burned, validators, paid, pending, residual, forfeited } = totals;
  return {
    ...{ fees: decimal(fees), burned: decimal(burned), validators: decimal(validators), paid: decimal(paid) },
    ...{ pending: decimal(pending), residual: decimal(residual), forfeited: decimal(forfeited) },
  };
}
