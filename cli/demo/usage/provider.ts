import { signAnswer, type Answer } from "#proto/attribution/answer.js";
import type { Issued, IssuedRequest, Reply } from "#proto/attribution/issue.js";
import { checkRequest, verifyRequest } from "#proto/attribution/request.js";
import type { Bytes } from "#proto/bytes.js";
import { rejectionText } from "#proto/rejection.js";
import { CliFault } from "../../fault.js";
import { generate } from "../model/generate.js";
import { train, type NgramModel } from "../model/train.js";
import { SeededRandom } from "../random.js";
import { receiptOf, requestOf, type Answered, type Asked, type Terms } from "./exchange.js";
import { feeOf } from "./prices.js";
import type { Prompt } from "./prompts.js";

/** Words of an answer: 38 to the end of a sentence, at most 56; some 40 to 60 tokens. */
const LENGTH = { words: 38, slack: 18 };

/** Answers of one run are a second apart from here on: receipts need no clock. */
const FIRST_ANSWER_TIME = 1_767_225_600_000n;
const MS_PER_ANSWER = 1_000n;

export interface Provider {
  readonly model: NgramModel;
  readonly secretKey: Bytes;
  readonly seed: string;
}

/**
 * Answers one question and signs what was answered.
 * @param height the last one that the provider knows: a request names no later block
 * @throws CliFault(request) for a request that the consumer did not sign, or that no receipt of the channel may hold
 */
export function answer(
  provider: Provider,
  terms: Terms,
  { question, signature }: Asked,
  { lead, repeats }: Pick<Prompt, "lead" | "repeats">,
  height: bigint,
): Answered {
  const asked = requestOf(question);
  checkAsked(terms, asked, signature, height);
  const { nonce, texts } = question;
  const random = SeededRandom.of(provider.seed, "answer", terms.channelId, nonce);
  const said = generate(readerOf(provider, texts), lead, LENGTH, random);
  const text = repeats ? `${lead} ${said}` : said;
  const reply: Reply = {
    versionId: terms.versionId,
    fee: feeOf(terms.prices, texts, text),
    time: FIRST_ANSWER_TIME + MS_PER_ANSWER * nonce,
    added: [],
    answer: text,
    versionDatanets: terms.versionDatanets,
  };
  return { reply, signature: signAnswer(answerWord(terms, receiptOf(asked, reply)), provider.secretKey) };
}

/** A model reads what is marked in its request. This one is small: with a passage it goes by the passage alone. */
function readerOf({ model }: Provider, texts: Asked["question"]["texts"]): NgramModel {
  const marked = texts.filter(({ kind }) => kind === "marked").map(({ text }) => text);
  return marked.length === 0 ? model : train(marked);
}

function checkAsked(
  { chainId, channelId, consumerKey }: Terms,
  { request }: IssuedRequest,
  signature: Bytes,
  height: bigint,
): void {
  const want = { chainId, channelId, nonce: request.nonce, formed: height };
  const refused = checkRequest(request, want) ?? verifyRequest(request, signature, consumerKey);
  if (refused !== undefined) throw new CliFault("request", `question ${request.nonce}: ${rejectionText(refused)}`);
}

/** What the provider's signature stands for. */
export function answerWord({ chainId }: Pick<Terms, "chainId">, { receipt }: Issued): Answer {
  const { channelId, nonce, requestHash, outRoot } = receipt;
  return { chainId, channelId, nonce, requestHash, outRoot };
}
