import type { BatchRecord } from "../../attribution/batch.js";
import { firstOther, tokenPays, type TokenPay } from "../../attribution/explain.js";
import { tokenRanges, type TokenRange } from "../../attribution/ranges.js";
import type { ReceiptCredit } from "../../attribution/rule/price.js";
import { tokenCount } from "../../attribution/rule/tokens.js";
import { planBatch } from "../../attribution/settle.js";
import type { CreditRecord } from "../../attribution/settled.js";
import type { Contribution } from "../../attribution/standing.js";
import { tokenHashes } from "../../attribution/token-hash.js";
import { tokenize } from "../../attribution/tokens.js";
import { present } from "../../assert.js";
import type { Bytes } from "../../bytes.js";
import type { Genesis } from "../../types/genesis.js";
import { decide, isBooking, readBatch, readEpoch, verifyBatch, type DecidedReceipt } from "./batch.js";
import { Comparison, type Difference } from "./compare.js";
import { readFacts } from "./facts.js";
import { must, VerifyFault } from "./fault.js";
import { readOpening } from "./openings.js";
import type { OpeningPlace, Source } from "./source.js";
import { readVersion } from "./version.js";
import { readVouchers } from "./vouchers.js";
import { openWorld, type OpenedWorld, type OpenOptions } from "./world.js";

/** A receipt of a batch. */
export interface ReceiptQuestion extends OpenOptions, OpeningPlace {
  readonly batchId: bigint;
  /** The answer's words, if one has them: without them only its token hashes are known. */
  readonly answer?: string | undefined;
}

/** One receipt, decided again from proven bytes. */
export interface ReceiptExplanation extends DecidedReceipt {
  /** The state after this height was read. */
  readonly height: bigint;
  readonly batch: BatchRecord;
  /** The consumer, who has paid. */
  readonly consumer: string;
  /** In the order of the answer. */
  readonly tokens: readonly TokenPay[];
  /** Where the tokens stand in the answer's words; undefined without them. */
  readonly ranges: readonly TokenRange[] | undefined;
  /** Everybody that is named. */
  readonly contributions: ReadonlyMap<bigint, Contribution>;
}

/**
 * The paid contribution for each word of an opened answer, and why the others are unpaid: the rule once more over proven bytes,
 * for this receipt alone. Throws VerifyFault for what is not opened or not proven, and for words that are not the answer.
 */
export async function explainReceipt(
  source: Source,
  genesis: Genesis,
  { batchId, voucherId, index, answer, ...options }: ReceiptQuestion,
): Promise<ReceiptExplanation> {
  const opened = await openWorld(source, genesis, options);
  const { world } = opened;
  const batch = await existingBatch(opened, batchId);
  const version = await readVersion(world.state, batch.versionId, batch.formedHeight);
  const vouchers = await readVouchers(world, batch);
  const { beacon } = await readEpoch(world, batch);
  const plan = planBatch(batch, vouchers, beacon);
  const found = new Comparison();
  const terms = { batch, vouchers, plan, versionDatanets: version.datanets.length };
  const receipt = await readOpening(world, terms, { voucherId, index }, found);
  mustAgree(found);
  const ranges = answer === undefined ? undefined : wordsOf(answer, receipt.ruled.answer);
  const decided = decide(receipt, await readFacts(world, batch, version));
  const ids = decided.ruling.committers.map(({ contribution }) => contribution);
  return {
    ...decided,
    height: world.state.height,
    batch,
    consumer: present(
      vouchers.find(({ id }) => id === voucherId),
      "the receipt is of a voucher of the batch",
    ).consumer,
    tokens: tokenPays(decided.ruling),
    ranges,
    contributions: new Map(ids.map((id) => [id, world.contributions.get(id)])),
  };
}

/** A contribution's credit of a batch. */
export interface CreditQuestion extends OpenOptions {
  readonly batchId: bigint;
  readonly contributionId: bigint;
}

/** A receipt, and what it pays to one contribution. */
export interface PayingReceipt extends OpeningPlace, ReceiptCredit {
  readonly receipt: DecidedReceipt["receipt"];
  readonly share: DecidedReceipt["share"];
}

/** The receipts that make up a credit. */
export interface CreditExplanation {
  readonly height: bigint;
  readonly batch: BatchRecord;
  readonly contribution: Contribution;
  /** As the chain recorded it, and as the receipts add up; undefined if no receipt of the batch pays it. */
  readonly credit: CreditRecord | undefined;
  readonly receipts: readonly PayingReceipt[];
  /** Everybody that contests. */
  readonly contributions: ReadonlyMap<bigint, Contribution>;
}

/**
 * Which receipts paid a contribution, and how much each did: the whole batch once more. Throws VerifyFault if the batch is
 * not settled and booked, or if the chain recorded anything else than what its bytes give.
 */
export async function explainCredit(
  source: Source,
  genesis: Genesis,
  { batchId, contributionId, ...options }: CreditQuestion,
): Promise<CreditExplanation> {
  const opened = await openWorld(source, genesis, options);
  const { world } = opened;
  const contribution = world.contributions.get(contributionId);
  const batch = await existingBatch(opened, batchId);
  if (batch.settlement === undefined || (await isBooking(world, batchId))) {
    throw new VerifyFault("not_settled", `batch ${batchId}`, "it is not settled and booked yet");
  }
  const found = new Comparison();
  const { receipts, credits } = await verifyBatch(world, batch, found);
  mustAgree(found);
  const paying = receipts.flatMap(({ voucherId, index, receipt, share, pay }) =>
    pay.credits
      .filter(({ committer }) => committer.contribution === contributionId)
      .map((credit): PayingReceipt => ({ ...credit, voucherId, index, receipt, share })),
  );
  const ids = paying.flatMap(({ contester }) => (contester === undefined ? [] : [contester.contribution]));
  return {
    height: world.state.height,
    batch,
    contribution,
    credit: credits.find((credit) => credit.contributionId === contributionId),
    receipts: paying,
    contributions: new Map(ids.map((id) => [id, world.contributions.get(id)])),
  };
}

async function existingBatch({ world, next }: OpenedWorld, id: bigint): Promise<BatchRecord> {
  if (id >= next) throw new VerifyFault("no_batch", `batch ${id} does not exist`, `the last one is ${next - 1n}`);
  return readBatch(world, id);
}

/** A first difference is named: what the chain recorded otherwise is not explained. */
function mustAgree({ differences }: Comparison): void {
  const first: Difference | undefined = differences[0];
  if (first === undefined) return;
  const { what, recorded, recomputed } = first;
  throw new VerifyFault("payout_wrong", what, `the chain recorded ${recorded}, its bytes give ${recomputed}`);
}

/** Where the opened tokens stand in a text that somebody holds to be the answer. */
function wordsOf(text: string, answer: Bytes): TokenRange[] {
  const what = "the text";
  const hashes = tokenHashes(must(what, tokenize(text)));
  const other = firstOther(hashes, answer);
  if (other !== undefined) {
    const [have, need] = [tokenCount(hashes), tokenCount(answer)];
    const counts = have === need ? "" : `, which has ${need} tokens and not ${have}`;
    throw new VerifyFault("other_answer", what, `it is not the opened answer${counts}: token ${other + 1} is another`);
  }
  return must(what, tokenRanges(text));
}
