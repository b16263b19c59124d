import { answerOf, signAnswer } from "#proto/attribution/answer.js";
import { checkCeiling, feeUnder, verifyCeiling } from "#proto/attribution/ceiling.js";
import type { Reply } from "#proto/attribution/issue.js";
import { checkRequest, requestHash, type Request } from "#proto/attribution/request.js";
import type { Bytes } from "#proto/bytes.js";
import { rejectionText } from "#proto/rejection.js";
import { CliFault } from "../../fault.js";
import { generate } from "../../ngram/generate.js";
import { train, type NgramModel } from "../../ngram/train.js";
import { SeededRandom } from "../../random.js";
import { countedOf, receiptOf, requestOf, type Answered, type Asked, type Terms } from "./exchange.js";
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
  sent: Asked,
  { lead, repeats }: Pick<Prompt, "lead" | "repeats">,
  height: bigint,
): Answered {
  const { ceiling, question } = sent;
  const asked = requestOf(question);
  checkAsked(terms, asked.request, sent, height);
  const { nonce, texts } = question;
  const random = SeededRandom.of(provider.seed, "answer", terms.channelId, nonce);
  const said = generate(readerOf(provider, texts), lead, LENGTH, random);
  const text = repeats ? `${lead} ${said}` : said;
  const reply: Reply = {
    versionId: terms.versionId,
    fee: feeUnder({ ...ceiling, prices: terms.prices }, countedOf(question, text)),
    time: FIRST_ANSWER_TIME + MS_PER_ANSWER * nonce,
    added: [],
    answer: text,
    versionDatanets: terms.versionDatanets,
  };
  const { receipt } = receiptOf(asked, reply);
  return { reply, signature: signAnswer(answerOf(ceiling, receipt), provider.secretKey) };
}

/** A model reads what is marked in its request. This one is small: with a passage it goes by the passage alone. */
function readerOf({ model }: Provider, texts: Asked["question"]["texts"]): NgramModel {
  const marked = texts.filter(({ kind }) => kind === "marked").map(({ text }) => text);
  return marked.length === 0 ? model : train(marked);
}

/** Blocks that a ceiling's may be behind the provider's. */
const CEILING_AGE = 30n;

function checkAsked(terms: Terms, request: Request, { ceiling, signature }: Asked, height: bigint): void {
  const { chainId, channelId, consumerKey, deposit } = terms;
  const want = { chainId, channelId, nonce: request.nonce, formed: height };
  const offered = { ...terms, requestHash: requestHash(request), height, ageMax: CEILING_AGE, left: deposit };
  const refused =
    checkRequest(request, want) ?? checkCeiling(ceiling, offered) ?? verifyCeiling(ceiling, signature, consumerKey);
  if (refused !== undefined) throw new CliFault("request", `question ${request.nonce}: ${rejectionText(refused)}`);
}
