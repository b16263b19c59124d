import { issueReceipt, type Issued } from "#proto/attribution/issue.js";
import type { Bytes } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { CliFault } from "../../fault.js";
import type { Prices } from "./prices.js";

/** What provider and consumer know of each other before the first question. */
export interface Terms {
  readonly chainId: string;
  readonly channelId: bigint;
  readonly versionId: bigint;
  readonly prices: Prices;
  /** 33 bytes: the provider's account key signs every answer. */
  readonly providerKey: Bytes;
}

/** One question with its answer; receipt and openings follow from it. */
export interface Exchange {
  readonly nonce: bigint;
  readonly fee: bigint;
  /** Unix milliseconds, agreed on by both. */
  readonly time: bigint;
  /** 32 bytes that salt the receipt's leaves. */
  readonly seed: Bytes;
  readonly prompt: string;
  readonly answer: string;
}

/** @throws CliFault(receipt) for texts that no receipt can hold */
export function receiptOf({ channelId, versionId }: Terms, exchange: Exchange): Issued {
  const issued = issueReceipt({ ...exchange, channelId, versionId, context: [] });
  if (isRejection(issued)) throw new CliFault("receipt", `answer ${exchange.nonce}: ${rejectionText(issued)}`);
  return issued;
}
