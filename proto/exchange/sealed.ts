import { answerOf, signAnswer, verifyAnswer } from "../attribution/answer.js";
import { feeUnder, type Ceiling } from "../attribution/ceiling.js";
import { countedTokens } from "../attribution/counted.js";
import { issueReceipt, issueRequest, type Issued, type Reply, type RequestText } from "../attribution/issue.js";
import type { Prices } from "../attribution/prices.js";
import { receiptCodec } from "../attribution/receipt.js";
import { equalBytes, type Bytes } from "../bytes.js";
import { message, type Messages } from "../codec/message.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { exchangeErrors } from "./errors.js";

/** A sealed answer (exchange.proto). */
export type Sealed = Messages["tributary.attribution.v1.Sealed"];
/** Canonical codec of `Sealed`. */
export const sealedCodec = message("tributary.attribution.v1.Sealed");

/** What both sides of a channel know from the chain. */
export interface ChannelTerms {
  readonly chainId: string;
  readonly channelId: bigint;
  readonly versionId: bigint;
  readonly prices: Prices;
  /** How many datanets the version's releases come from, its ancestors' among them. */
  readonly versionDatanets: number;
  /** 33 bytes: the provider's account key signs every answer. */
  readonly providerKey: Bytes;
  /** 33 bytes: the consumer's account key signs every ceiling and voucher. */
  readonly consumerKey: Bytes;
}

/** What was asked under a ceiling. */
export interface AskedTexts {
  readonly ceiling: Ceiling;
  readonly datanets: readonly bigint[];
  readonly texts: readonly RequestText[];
}

/** What the provider adds to what was asked. */
export interface Said {
  readonly nonce: bigint;
  /** 32 secret random bytes, fresh for each answer. */
  readonly seed: Bytes;
  /** Unix milliseconds. */
  readonly time: bigint;
  readonly added: readonly string[];
  readonly answer: string;
}

/**
 * The receipt of an answer with everything that an opening shows. Both sides compute it; so does the side that opens a drawn
 * receipt from its book. Rejects, in codespace poa, what does not tokenize and what could not be opened.
 */
export function receiptOf(terms: ChannelTerms, asked: AskedTexts, said: Said): Issued | Rejection {
  const { chainId, channelId, versionId, prices, versionDatanets } = terms;
  const { ceiling, datanets, texts } = asked;
  const { nonce, seed, time, added, answer } = said;
  const request = issueRequest({ chainId, channelId, nonce, height: ceiling.time, datanets, texts, seed });
  if (isRejection(request)) return request;
  const counted = countedTokens(texts, added, answer);
  if (isRejection(counted)) return counted;
  const fee = feeUnder({ feeMax: ceiling.feeMax, prices }, counted);
  const reply: Reply = { versionId, fee, time, added, answer, versionDatanets };
  return issueReceipt(request, reply);
}

/** Seals an answer with the provider's signature. Rejects what `receiptOf` rejects. @param secretKey 32 bytes */
export function sealAnswer(terms: ChannelTerms, asked: AskedTexts, said: Said, secretKey: Bytes): Sealed | Rejection {
  const issued = receiptOf(terms, asked, said);
  if (isRejection(issued)) return issued;
  const { receipt } = issued;
  const signature = signAnswer(answerOf(asked.ceiling, receipt), secretKey);
  const { seed, added, answer } = said;
  return { receipt, seed, added: [...added], answer, signature };
}

/** The text that came. */
export interface Received {
  readonly text: string;
  /** The answer ended as it should; else what came is the beginning of the sealed answer. */
  readonly isWhole: boolean;
}

/**
 * Undefined for a sealed answer that the consumer owes: its own texts, the text that came, the fee by the version's prices and
 * the provider's signature agree. Else exchange/refused with the first field that does not. The nonce is for the channel's
 * book to judge. Believes nothing that it has not recomputed.
 */
export function checkSealed(
  terms: ChannelTerms,
  asked: AskedTexts,
  sealed: Sealed,
  received: Received,
): Rejection | undefined {
  const refuse = (field: string, have: unknown, need: unknown): Rejection =>
    reject(exchangeErrors.refused, { field, have, need });
  const { receipt, seed, added, answer, signature } = sealed;
  if (receipt === undefined) return refuse("receipt", "nothing", "a receipt");
  const isWhatCame = received.isWhole ? answer === received.text : answer.startsWith(received.text);
  if (!isWhatCame) return refuse("answer", `${answer.length} characters`, "the text that came");
  const said = { nonce: receipt.nonce, seed, time: receipt.time, added, answer };
  const issued = receiptOf(terms, asked, said);
  if (isRejection(issued)) return refuse("receipt", issued.name, "one that can be opened");
  const need = issued.receipt;
  for (const field of RECEIPT_FIELDS) {
    if (receipt[field] !== need[field]) return refuse(`receipt.${field}`, receipt[field], need[field]);
  }
  if (!equalBytes(receiptCodec.encode(receipt), receiptCodec.encode(need))) {
    return refuse("receipt", "other hashes", "those of request, context and answer");
  }
  const isSigned = verifyAnswer(answerOf(asked.ceiling, receipt), signature, terms.providerKey) === undefined;
  return isSigned ? undefined : refuse("signature", "another", "the provider's over ceiling, receipt and fee");
}

const RECEIPT_FIELDS = ["channelId", "versionId", "fee", "tokens"] as const;
