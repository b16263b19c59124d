import { signAnswer, type Answer } from "#proto/attribution/answer.js";
import type { Issued } from "#proto/attribution/issue.js";
import { utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { generate } from "../model/generate.js";
import type { NgramModel } from "../model/train.js";
import { SeededRandom } from "../random.js";
import { receiptOf, type Exchange, type Terms } from "./exchange.js";
import { feeOf } from "./prices.js";
import type { Question } from "./prompts.js";

/** Words of an answer: 38 to the end of a sentence, at most 56; some 40 to 60 tokens. */
const LENGTH = { words: 38, slack: 18 };

/** Answers of one run are a second apart from here on: receipts follow from the seed alone, not from a clock. */
const FIRST_ANSWER_TIME = 1_767_225_600_000n;
const MS_PER_ANSWER = 1_000n;

/** What the provider sends back. */
export interface Reply {
  readonly exchange: Exchange;
  /** Of the provider's account key over the answer's digest. */
  readonly signature: Bytes;
}

export interface Provider {
  readonly model: NgramModel;
  readonly secretKey: Bytes;
  readonly seed: string;
}

/** Answers one question and signs what was answered. */
export function reply(provider: Provider, terms: Terms, nonce: bigint, { prompt, lead, repeats }: Question): Reply {
  const random = SeededRandom.of(provider.seed, "answer", terms.channelId, nonce);
  const said = generate(provider.model, lead, LENGTH, random);
  const answer = repeats ? `${lead} ${said}` : said;
  const exchange: Exchange = {
    nonce,
    fee: feeOf(terms.prices, prompt, answer),
    time: FIRST_ANSWER_TIME + MS_PER_ANSWER * nonce,
    seed: random.bytes(32),
    prompt,
    answer,
  };
  const word = answerWord(terms.chainId, prompt, receiptOf(terms, exchange));
  return { exchange, signature: signAnswer(word, provider.secretKey) };
}

/** What the provider's signature stands for. */
export function answerWord(chainId: string, prompt: string, { receipt }: Issued): Answer {
  const { channelId, nonce, outRoot } = receipt;
  return { chainId, channelId, nonce, requestHash: sha256(utf8(prompt)), outRoot };
}
