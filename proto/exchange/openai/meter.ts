import { pairTokens, type PairCounter } from "./pairs.js";
import { feeByPrices, type Prices } from "../../attribution/prices.js";
import { ANSWER_TOKENS_MAX, LOOKUPS_MAX, RUN_PAIRS_MAX } from "../../attribution/rule/receipt.js";
import { tokenize, type Tokens } from "../../attribution/tokens.js";
import { isRejection, type Rejection } from "../../rejection.js";
import { cutPieces, lastCut } from "./cuts.js";

/** What bounds an answer. */
export interface AnswerLimits {
  readonly prices: Prices;
  /** The most that is paid for the answer, in base units. */
  readonly feeMax: bigint;
  /** Tokens of the request and of what was added to it. */
  readonly input: bigint;
  /** Marked and added texts: what the answer repeats of them is work for the chain. */
  readonly context: readonly string[];
  /** Datanets that may be paid: the version's and those that the request names. */
  readonly datanets: number;
  /** The most that was asked for, in tokens. */
  readonly answerTokens: number | undefined;
}

/** UTF-16 units of an answer without a cut: more is tokenized again with every chunk. No text of words has it. */
const UNCUT_MAX = 16_384;

/**
 * An answer that grows in chunks. Tells before a chunk is let out whether the answer with it can still be paid and opened:
 * otherwise the answer is cut before it. Its counts are those of the whole text, whatever the chunks: property tests.
 */
export class AnswerMeter {
  readonly #tokensMax: number;
  readonly #pairs: PairCounter;
  readonly #chunks: string[] = [];
  /** Tokens and pairs before the last cut. */
  #done = { tokens: 0, pairs: 0 };
  /** The text behind the last cut, and its counts. */
  #tail = "";
  #open = { tokens: 0, pairs: 0 };

  private constructor(tokensMax: number, pairs: PairCounter) {
    this.#tokensMax = tokensMax;
    this.#pairs = pairs;
  }

  /** Rejects, in codespace poa, a context that does not tokenize. */
  static of(limits: AnswerLimits): AnswerMeter | Rejection {
    const pairs = pairTokens(limits.context);
    if (isRejection(pairs)) return pairs;
    return new AnswerMeter(tokensMax(limits, pairs.contextTokens), pairs);
  }

  /** Tokens of the text so far. */
  get tokens(): number {
    return this.#done.tokens + this.#open.tokens;
  }

  /** Pairs of equal tokens of the text so far and of the context. */
  get pairs(): number {
    return this.#done.pairs + this.#open.pairs;
  }

  /** The text so far. */
  get text(): string {
    return this.#chunks.join("");
  }

  /**
   * Whether the chunk was added: false if the answer with it is too long, or does not tokenize. Then nothing has changed.
   * Work: linear in the chunk and the text behind the last cut, at most UNCUT_MAX units.
   */
  add(chunk: string): boolean {
    if (chunk === "") return true;
    const text = this.#tail + chunk;
    const cut = lastCut(text);
    if (text.length - cut > UNCUT_MAX) return false;
    const [done, open] = [this.#count(text.slice(0, cut)), this.#count(text.slice(cut))];
    if (isRejection(done) || isRejection(open)) return false;
    const before = this.#done;
    const ended = { tokens: before.tokens + done.tokens, pairs: before.pairs + done.pairs };
    if (ended.tokens + open.tokens > this.#tokensMax || ended.pairs + open.pairs > RUN_PAIRS_MAX) return false;
    [this.#done, this.#open, this.#tail] = [ended, open, text.slice(cut)];
    this.#chunks.push(chunk);
    return true;
  }

  /** Adds as much of a whole answer as may be, up to a cut. @returns whether that was all */
  addWhole(text: string): boolean {
    for (const piece of cutPieces(text)) if (!this.add(piece)) return false;
    return true;
  }

  #count(text: string): { readonly tokens: number; readonly pairs: number } | Rejection {
    const tokens: Tokens | Rejection = tokenize(text);
    return isRejection(tokens) ? tokens : { tokens: tokens.count, pairs: this.#pairs.pairsOf(tokens) };
  }
}

/** Tokens that the answer may have by all limits but that of pairs. */
function tokensMax(limits: AnswerLimits, contextTokens: number): number {
  const { prices, feeMax, input, datanets, answerTokens } = limits;
  const byLookups = Math.floor(LOOKUPS_MAX / (1 + datanets)) - contextTokens;
  const left = feeMax - feeByPrices(prices, { input, output: 0n });
  const { pricePerOutputToken: price } = prices;
  const affordable = left < 0n ? 0n : price === 0n ? BigInt(ANSWER_TOKENS_MAX) : left / price;
  const byFee = affordable < BigInt(ANSWER_TOKENS_MAX) ? Number(affordable) : ANSWER_TOKENS_MAX;
  return Math.min(answerTokens ?? ANSWER_TOKENS_MAX, byFee, byLookups, ANSWER_TOKENS_MAX);
}
