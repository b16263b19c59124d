import { countedTokens } from "#proto/attribution/counted.js";
import { feeByPrices, type CountedTokens } from "#proto/attribution/prices.js";
import { present } from "#proto/assert.js";
import { isJsonObject, type JsonObject } from "#proto/codec/json-text.js";
import { askedTexts, type AskedCeiling } from "#proto/exchange/provider.js";
import { answerSaid, chunkSaid, lengthChunk, shortened, usageChunk, type Said } from "#proto/exchange/openai/answer.js";
import type { AskedBody } from "#proto/exchange/openai/body.js";
import { AnswerMeter } from "#proto/exchange/openai/meter.js";
import { problem, problemOf } from "#proto/exchange/openai/problem.js";
import { withUsage } from "#proto/exchange/openai/usage.js";
import { receiptOf, type ChannelTerms } from "#proto/exchange/sealed.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { UpstreamFault, upstreamFault } from "../upstream/fault.js";
import type { Upstream } from "../upstream/upstream.js";
import { UPSTREAM_PATHS, upstreamBody, type ModelOffer } from "./offer.js";
import type { RunningAnswer } from "./running.js";

/** A request that was admitted. */
export interface Job {
  readonly asked: AskedCeiling;
  readonly body: AskedBody;
  readonly offer: ModelOffer;
  readonly terms: ChannelTerms;
  readonly running: RunningAnswer;
}

/** An answer that is to be sealed: its text, and what may leave once it is. */
export interface Produced {
  readonly added: readonly string[];
  readonly text: string;
  /** Pieces that leave after the receipt is in the book. */
  readonly last: readonly string[];
  /** From the call of the model's server to the end of its answer. */
  readonly upstreamMs: number;
}

/** Before the nonce is known, and the seed: enough to see whether a receipt could be opened. */
const TRIAL = { nonce: 1n, seed: new Uint8Array(32), time: 0n } as const;

/**
 * Asks the model's server and lets the answer out, but for its end: that leaves once the receipt is in the book. An answer
 * that nobody waits for is cut to what was let out. @throws UpstreamFault with what the client is told; then nothing is owed
 */
export async function produce(job: Job, upstream: Upstream): Promise<Produced> {
  const { asked, terms } = job;
  const texts = askedTexts(asked);
  const added = addedTo(job);
  // What could not be opened is refused before the model's server works for it.
  const trial = receiptOf(terms, texts, { ...TRIAL, added, answer: "" });
  if (isRejection(trial)) throw new UpstreamFault(problemOf(trial));
  const { input } = must(countedTokens(texts.texts, added, ""));
  const context = [...texts.texts.filter(({ kind }) => kind === "marked").map(({ text }) => text), ...added];
  const meter = must(
    AnswerMeter.of({
      ...{ prices: terms.prices, feeMax: texts.ceiling.feeMax, input, context },
      datanets: terms.versionDatanets + texts.datanets.length,
      answerTokens: job.body.answerTokens,
    }),
  );
  const made = { job, upstream, added, meter, input };
  const called = performance.now();
  const produced = job.body.stream ? await streamed(made) : await whole(made);
  return { ...produced, upstreamMs: performance.now() - called };
}

/** Passages for the last text of the user, as far as half of what the request leaves for tokens pays for them. */
function addedTo({ asked, body, offer, terms }: Job): readonly string[] {
  if (offer.passages === undefined || body.kind === "embedding" || body.unmetered.includes("token_numbers")) return [];
  const question = body.texts.findLast(({ kind }) => kind === "own")?.text;
  if (question === undefined) return [];
  const { prices } = terms;
  const left = asked.ceiling!.feeMax - feeByPrices(prices, must(countedTokens(body.texts, [], "")));
  const price = prices.pricePerInputToken;
  const affordable = price === 0n ? Number.MAX_SAFE_INTEGER : Number(left / 2n / price);
  const found = offer.passages.find(question, affordable);
  return found === "" ? [] : [found];
}

interface Made {
  readonly job: Job;
  readonly upstream: Upstream;
  readonly added: readonly string[];
  readonly meter: AnswerMeter;
  readonly input: bigint;
}

async function whole({ job, upstream, added, meter, input }: Made): Promise<Omit<Produced, "upstreamMs">> {
  const { body, offer, running } = job;
  const { kind } = body;
  const sent = upstreamBody(body, offer, added);
  const answer = await cancellable(running, upstream.answer(UPSTREAM_PATHS[kind], sent, running.cancelled));
  const said = shapely(answerSaid(kind, answer));
  const fits = meter.addWhole(said.text);
  const cut = fits || kind === "embedding" ? answer : shortened(kind, answer, meter.text);
  const usage = isJsonObject(answer["usage"]) ? answer["usage"] : undefined;
  const counted = withUsage(kind, named(cut, offer), countedOf(meter, input), usage);
  return { added, text: meter.text, last: [JSON.stringify(counted)] };
}

async function cancellable<T>(running: RunningAnswer, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw running.cancelled.aborted ? cancelledFault() : error;
  }
}

function cancelledFault(): UpstreamFault {
  return new UpstreamFault(problem(408, "cancelled", "nobody waited for the answer any more: it was not made"));
}

async function streamed({ job, upstream, added, meter, input }: Made): Promise<Omit<Produced, "upstreamMs">> {
  const { body, offer, running } = job;
  const kind = body.kind === "chat" ? "chat" : "completion";
  const sent = upstreamBody(body, offer, added);
  let [isFinished, isCut] = [false, false];
  let [released, heldText] = ["", ""];
  let sample: JsonObject | undefined;
  let usage: JsonObject | undefined;
  const held: string[] = [];
  try {
    for await (const chunk of upstream.chunks(UPSTREAM_PATHS[kind], sent, running.cancelled, () => isFinished)) {
      const said = shapely(chunkSaid(kind, chunk));
      sample ??= named(chunk, offer);
      if (isJsonObject(chunk["usage"])) usage = chunk["usage"];
      if ((chunk["choices"] as readonly unknown[]).length === 0) continue;
      isCut = !meter.add(said.text);
      if (isCut) break;
      // What follows a reason to finish has no text: from the last text on everything waits for the receipt.
      if (!isFinished && said.finish === undefined) {
        for (const piece of held.splice(0)) running.push(piece);
        [released, heldText] = [released + heldText, ""];
      }
      isFinished ||= said.finish !== undefined;
      heldText += said.text;
      held.push(line(withoutUsage(named(chunk, offer))));
    }
  } catch (error) {
    if (!running.cancelled.aborted) throw error;
    if (released === "") throw cancelledFault();
    return { added, text: released, last: [] };
  }
  if (sample === undefined) throw upstreamFault("upstream_empty");
  if (isCut) held.push(line(lengthChunk(kind, sample)));
  if (body.includeUsage) held.push(line(withUsage(kind, usageChunk(sample), countedOf(meter, input), usage)));
  return { added, text: meter.text, last: held };
}

function countedOf(meter: AnswerMeter, input: bigint): CountedTokens {
  return { input, output: BigInt(meter.tokens) };
}

/** One chunk as a line of the event stream. */
function line(chunk: JsonObject): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

/** The model under the name that the client asked for. */
function named(answer: JsonObject, { name }: ModelOffer): JsonObject {
  return { ...answer, model: name };
}

/** The server's own counts come last, beside ours. */
function withoutUsage(chunk: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(chunk).filter(([key]) => key !== "usage"));
}

function shapely(said: Said | Rejection): Said {
  if (!isRejection(said)) return said;
  throw upstreamFault("upstream_wrong_shape", `${String(said.data["field"])}: ${said.name}`);
}

/** Texts that the trial has tokenized already. */
function must<T>(value: T | Rejection): T {
  return present(isRejection(value) ? undefined : value, "texts of a request tokenize");
}
