import {
  issueReceipt,
  issueRequest,
  type Issued,
  type IssuedRequest,
  type Question,
  type Reply,
} from "#proto/attribution/issue.js";
import type { Ceiling } from "#proto/attribution/ceiling.js";
import { countedTokens } from "#proto/attribution/counted.js";
import type { CountedTokens, Prices } from "#proto/attribution/prices.js";
import type { Bytes } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { CliFault } from "../../fault.js";

/** Facts that provider and consumer know of each other before the first question. */
export interface Terms {
  readonly chainId: string;
  readonly channelId: bigint;
  readonly versionId: bigint;
  readonly prices: Prices;
  /** Of the channel, in base units. */
  readonly deposit: bigint;
  /** 33 bytes: the provider's account key signs every answer. */
  readonly providerKey: Bytes;
  /** 33 bytes: the consumer's account key signs every ceiling. */
  readonly consumerKey: Bytes;
  /** How many datanets the version's releases come from. */
  readonly versionDatanets: number;
}

/** The consumer's message: texts and seed, and its signature over the maximum that it pays for an answer. */
export interface Asked {
  readonly question: Question;
  readonly ceiling: Ceiling;
  readonly signature: Bytes;
}

/** The provider's reply. */
export interface Answered {
  readonly reply: Reply;
  /** Of the provider's account key over ceiling, receipt and fee. */
  readonly signature: Bytes;
}

/** The request that a question makes. @throws CliFault(request) for texts that no request can hold */
export function requestOf(question: Question): IssuedRequest {
  const issued = issueRequest(question);
  if (isRejection(issued)) throw new CliFault("request", `question ${question.nonce}: ${rejectionText(issued)}`);
  return issued;
}

/** The receipt on which both sides agree. @throws CliFault(receipt) for texts that no receipt can hold */
export function receiptOf(request: IssuedRequest, reply: Reply): Issued {
  const issued = issueReceipt(request, reply);
  if (isRejection(issued)) {
    throw new CliFault("receipt", `answer ${request.request.nonce}: ${rejectionText(issued)}`);
  }
  return issued;
}

/** The tokens that a fee counts. @throws CliFault(receipt) for texts that do not tokenize */
export function countedOf({ nonce, texts }: Pick<Question, "nonce" | "texts">, answer: string): CountedTokens {
  const counted = countedTokens(texts, [], answer);
  if (isRejection(counted)) throw new CliFault("receipt", `answer ${nonce}: ${rejectionText(counted)}`);
  return counted;
}
