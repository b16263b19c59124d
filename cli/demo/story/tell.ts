import { CliFault } from "../../fault.js";
import type { Source, Sources } from "../usage/prompts.js";
import { prepareMarket, type Market } from "./prepare.js";
import { contestedTable } from "./statement/contested.js";
import { earnerTable } from "./statement/earners.js";
import { feeTable } from "./statement/fees.js";
import { makePage } from "./statement/page.js";
import { reasonTable } from "./statement/reasons.js";
import { receiptTable } from "./statement/receipts.js";
import { timeTable, type Times } from "./statement/times.js";
import { askAll, loadOpenAI } from "./steps/ask.js";
import { startConsumers, type ConsumerProgram } from "./steps/consumers.js";
import type { Contributed } from "./steps/contribute.js";
import { awaitPayment, balancesOf, checkPaid, decimal } from "./steps/payment.js";
import { sellModel, serveTexts } from "./steps/serve.js";
import { awaitRedeemed, awaitSettled, type Batch } from "./steps/settled.js";
import { showAnswer, type ShownAnswer } from "./steps/show.js";
import { verifyPayouts } from "./steps/verify.js";
import type { Story } from "./story.js";
import type { FeeTotals } from "./summary.js";

/** Questions of the consumer that wants all receipts opened; then of both, of which the other is sampled. */
const QUESTIONS = { first: 48, each: 104 };

export interface Told {
  /** Accepted ones. */
  readonly contributions: number;
  readonly batches: readonly Batch[];
  readonly totals: FeeTotals;
  readonly verified: boolean;
  /** The answer that the story ends with. */
  readonly shown: ShownAnswer;
}

/** The whole story, from the first text to the last payment. @param meanwhile runs while the model is used */
export async function tell(story: Story, meanwhile: () => Promise<void>): Promise<Told> {
  await loadOpenAI(); // What is missing is said before anything is done.
  const market = await prepareMarket(story);
  story.talk.chapter("Programs");
  await sellModel(story, market, await serveTexts(story, market));
  const consumers = await startConsumers(story, market);
  const before = await balancesOf(story);
  const [used] = await Promise.all([useTwice(story, consumers, sourcesOf(market)), meanwhile()]);
  const accounts = await awaitPayment(story);
  const paid = story.world.system.now();
  await checkPaid(story, before, accounts);

  const { agrees, batches } = await verifyPayouts(story);
  const everything = [...market.contributed, market.late];
  const page = makePage(story.world);
  await earnerTable(story, page, everything);
  feeTable(page, used.batches);
  receiptTable(page, batches);
  reasonTable(page, used.batches);
  contestedTable(page, batches, everything);
  timeTable(page, used.times, paid);
  const shown = await showAnswer(story, batches, consumers);
  return {
    contributions: market.accepted.length + 1,
    batches: used.batches,
    totals: await totalsOf(story),
    verified: agrees,
    shown,
  };
}

/** The model knows what it was trained on; the applications find passages in the owner's texts who contributed last. */
function sourcesOf({ datanet: { id: datanet }, accepted, late }: Market): Sources {
  const source = ({ prepared: { text } }: Contributed): Source => ({ text, datanet });
  const [first, ...rest] = accepted.map(source);
  if (first === undefined) throw new CliFault("story", "no contribution was accepted");
  const same = accepted.filter(({ prepared: { owner } }) => owner === late.prepared.owner).map(source);
  return { trained: [first, ...rest], retrieved: [source(late), ...same] };
}

interface Used {
  readonly batches: readonly Batch[];
  readonly times: readonly Times[];
}

/** Batches of one consumer are opened whole, batches of both are sampled; the second collects while the first is opened. */
async function useTwice(story: Story, consumers: readonly ConsumerProgram[], sources: Sources): Promise<Used> {
  const now = (): number => story.world.system.now();
  const { first, each } = QUESTIONS;
  story.talk.chapter("Use");
  const asked = now();
  await askAll(story, consumers[0]!, sources, { from: 0, count: first });
  await awaitRedeemed(story, BigInt(first));
  await Promise.all(consumers.map((one) => askAll(story, one, sources, { from: first, count: each })));
  await awaitRedeemed(story, BigInt(first + consumers.length * each));
  const redeemed = now();
  const batches = await awaitSettled(story);
  const settled = now();
  return { batches, times: batches.map(({ id }) => ({ batchId: id, asked, redeemed, settled })) };
}

async function totalsOf({ node }: Story): Promise<FeeTotals> {
  const totals = await node.query("tributary.usage.v1.Query/Totals");
  const { fees, burned, validators, paid, pending, residual, forfeited } = totals;
  return {
    ...{ fees: decimal(fees), burned: decimal(burned), validators: decimal(validators), paid: decimal(paid) },
    ...{ pending: decimal(pending), residual: decimal(residual), forfeited: decimal(forfeited) },
  };
}
