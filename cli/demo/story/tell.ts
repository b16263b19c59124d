import type { Source } from "../usage/prompts.js";
import { CliFault } from "../../fault.js";
import { contestedTable } from "./statement/contested.js";
import { makePage } from "./statement/page.js";
import { earnerTable } from "./statement/earners.js";
import { feeTable } from "./statement/fees.js";
import { reasonTable } from "./statement/reasons.js";
import { receiptTable } from "./statement/receipts.js";
import { timeTable, type Times } from "./statement/times.js";
import { openChannels } from "./steps/channels.js";
import type { Contributed } from "./steps/contribute.js";
import type { Datanet } from "./steps/datanet.js";
import { openAndSettle, type Batch } from "./steps/open.js";
import { awaitPayment, balancesOf, checkPaid, decimal } from "./steps/payment.js";
import { showAnswer, type ShownAnswer } from "./steps/show.js";
import { askAll, redeem, type Questions, type RedeemedBatch } from "./steps/use.js";
import { verifyPayouts } from "./steps/verify.js";
import type { Story } from "./story.js";
import { prepareMarket } from "./prepare.js";
import type { FeeTotals } from "./summary.js";

/** Questions of each of the two consumers: 48 receipts are opened whole, 208 are sampled. */
const EACH_WHOLE = 24;
const EACH_SAMPLED = 104;

export interface Told {
  /** Accepted ones. */
  readonly contributions: number;
  /** Vouchers that the consumers signed and the provider redeemed. */
  readonly redeemed: readonly RedeemedBatch[];
  readonly batches: readonly Batch[];
  readonly totals: FeeTotals;
  readonly verified: boolean;
  /** The answer that the story ends with. */
  readonly shown: ShownAnswer;
}

/** The whole story, from the first text to the last payment. @param meanwhile runs while the model is used */
export async function tell(story: Story, meanwhile: () => Promise<void>): Promise<Told> {
  const { datanet, contributed, accepted, published, late } = await prepareMarket(story);
  const channels = await openChannels(story, published);
  const before = await balancesOf(story);
  const questions = { model: published.model, sources: sourcesOf(datanet, accepted, late) };
  const [used] = await Promise.all([useTwice(story, questions, channels), meanwhile()]);
  const accounts = await awaitPayment(story);
  const paid = story.world.system.now();
  await checkPaid(story, before, accounts);

  const { agrees, batches } = await verifyPayouts(story);
  const everything = [...contributed, late];
  const page = makePage(story.world);
  await earnerTable(story, page, everything);
  feeTable(page, used.batches);
  receiptTable(page, batches);
  reasonTable(page, used.batches);
  contestedTable(page, batches, everything);
  timeTable(page, used.times, paid);
  const shown = await showAnswer(story, batches, used.redeemed);
  const { redeemed } = used;
  return {
    contributions: accepted.length + 1,
    redeemed,
    batches: used.batches,
    totals: await totalsOf(story),
    verified: agrees,
    shown,
  };
}

/** The model knows what it was trained on; the applications find passages in the owner's texts who contributed last. */
function sourcesOf(
  { id: datanet }: Datanet,
  accepted: readonly Contributed[],
  late: Contributed,
): Questions["sources"] {
  const source = ({ prepared: { text } }: Contributed): Source => ({ text, datanet });
  const [first, ...rest] = accepted.map(source);
  if (first === undefined) throw new CliFault("story", "no contribution was accepted");
  const same = accepted.filter(({ prepared: { owner } }) => owner === late.prepared.owner).map(source);
  return { trained: [first, ...rest], retrieved: [source(late), ...same] };
}

/** One batch that is opened whole, one that is sampled; the second collects while the first is opened. */
async function useTwice(
  story: Story,
  questions: Questions,
  channels: Parameters<typeof askAll>[2],
): Promise<{
  readonly redeemed: readonly RedeemedBatch[];
  readonly batches: readonly Batch[];
  readonly times: readonly Times[];
}> {
  const now = (): number => story.world.system.now();
  const redeemed: RedeemedBatch[] = [];
  const marks: { readonly asked: number; readonly redeemed: number }[] = [];
  for (const { each, whole } of [
    { each: EACH_WHOLE, whole: true },
    { each: EACH_SAMPLED, whole: false },
  ]) {
    const asked = now();
    const signed = await askAll(story, questions, channels, each, whole);
    redeemed.push(await redeem(story, signed, redeemed.at(-1)?.epoch ?? -1n));
    marks.push({ asked, redeemed: now() });
  }
  const batches: Batch[] = [];
  const times: Times[] = [];
  for (const [i, one] of redeemed.entries()) {
    const batch = await openAndSettle(story, one);
    batches.push(batch);
    times.push({ batchId: batch.id, ...marks[i]!, settled: now() });
  }
  return { redeemed, batches, times };
}

async function totalsOf({ node }: Story): Promise<FeeTotals> {
  const totals = await node.query("tributary.usage.v1.Query/Totals");
  const { fees, burned, validators, paid, pending, residual, forfeited } = totals;
  return {
    ...{ fees: decimal(fees), burned: decimal(burned), validators: decimal(validators), paid: decimal(paid) },
    ...{ pending: decimal(pending), residual: decimal(residual), forfeited: decimal(forfeited) },
  };
}
