import { assert } from "#proto/assert.js";
import { fromBase64, toBase64 } from "#proto/base64.js";
import {
  concat,
  fromHex,
  readU32be,
  readU64be,
  toHex,
  u32be,
  u64be,
  utf8,
  utf8Text,
  type Bytes,
} from "#proto/bytes.js";
import type { ChannelHead, KeptAsk, KeptVoucher } from "#proto/client/consumer/index.js";
import { message, type MessageName, type Messages } from "#proto/codec/message.js";
import { isRejection } from "#proto/rejection.js";
import { BookFault } from "./fault.js";

const KINDS = {
  asked: "tributary.attribution.v1.AskedCeiling",
  exchange: "tributary.attribution.v1.Exchange",
  refused: "tributary.attribution.v1.RefusedAnswer",
  voucher: "tributary.attribution.v1.SignedVoucher",
} as const;

/** Bytes of a row: an exchange has the texts of a request and of its answer. */
const ROW_MAX = 64 * 1024 * 1024;

/** A row of one of our messages. */
export function encodeRow<K extends keyof typeof KINDS>(kind: K, value: Messages[(typeof KINDS)[K]]): Bytes {
  return message<MessageName>(KINDS[kind]).encode(value);
}

/** A row that this program wrote. @throws BookFault for other bytes */
export function decodeRow<K extends keyof typeof KINDS>(kind: K, bytes: Bytes): Messages[(typeof KINDS)[K]] {
  const value = message<MessageName>(KINDS[kind]).decode(bytes, ROW_MAX);
  if (isRejection(value)) throw new BookFault(`a row of the book is no ${KINDS[kind]}: ${value.name}`);
  return value as Messages[(typeof KINDS)[K]];
}

/** A ceiling with the key of its request: the key's length, the key, the ceiling. */
export function encodeAsk({ asked, idempotencyKey }: KeptAsk): Bytes {
  const key = utf8(idempotencyKey);
  return concat(u32be(key.length), key, encodeRow("asked", asked));
}

export function decodeAsk(bytes: Bytes): KeptAsk {
  const from = 4 + readU32be(bytes);
  return { idempotencyKey: utf8Text(bytes.subarray(4, from)) ?? "", asked: decodeRow("asked", bytes.subarray(from)) };
}

/** An exchange with the time at which it was judged, in Unix milliseconds. */
export function encodeExchange(exchange: Messages["tributary.attribution.v1.Exchange"], time: number): Bytes {
  return concat(u64be(BigInt(Math.floor(time))), encodeRow("exchange", exchange));
}

export function decodeExchange(bytes: Bytes) {
  return { time: Number(readU64be(bytes)), exchange: decodeRow("exchange", bytes.subarray(8)) };
}

/** An answer that its application may not have: the receipt's nonce, the request's key, the answer as it goes on. */
export interface KeptWire {
  readonly nonce: bigint;
  readonly idempotencyKey: string;
  readonly wire: Bytes;
}

export function encodeWire({ nonce, idempotencyKey, wire }: KeptWire): Bytes {
  const key = utf8(idempotencyKey);
  return concat(u64be(nonce), u32be(key.length), key, wire);
}

export function decodeWire(bytes: Bytes): KeptWire {
  const from = 12 + readU32be(bytes, 8);
  const idempotencyKey = utf8Text(bytes.subarray(12, from)) ?? "";
  return { nonce: readU64be(bytes), idempotencyKey, wire: bytes.slice(from) };
}

/** A voucher with the receipts that the one before it pays for. */
export function encodeVoucher({ before, row }: KeptVoucher): Bytes {
  const { nonce, amount, frontier } = before;
  const nodes = frontier.map(({ hash, sum, count }) => [toHex(hash), `${sum}`, `${count}`]);
  const object = { nonce: `${nonce}`, amount: `${amount}`, frontier: nodes, row: toBase64(encodeRow("voucher", row)) };
  return utf8(JSON.stringify(object));
}

export function decodeVoucher(bytes: Bytes): KeptVoucher {
  const { nonce, amount, frontier, row } = objectOf<{
    readonly nonce: string;
    readonly amount: string;
    readonly frontier: readonly (readonly [string, string, string])[];
    readonly row: string;
  }>(bytes);
  return {
    before: {
      nonce: BigInt(nonce),
      amount: BigInt(amount),
      frontier: frontier.map(([hash, sum, count]) => ({ hash: hex(hash), sum: BigInt(sum), count: BigInt(count) })),
    },
    row: decodeRow("voucher", fromBase64(row) ?? new Uint8Array(0)),
  };
}

/** A channel's head; `isWithdrawn` once its deposit is back. */
export interface KeptHead {
  readonly head: ChannelHead;
  readonly isWithdrawn: boolean;
}

export function encodeHead({ head, isWithdrawn }: KeptHead): Bytes {
  const { terms, bookId, provider, url } = head;
  const { pricePerCall, pricePerInputToken, pricePerOutputToken } = terms.prices;
  return utf8(
    JSON.stringify({
      ...{ chainId: terms.chainId, channelId: `${terms.channelId}`, versionId: `${terms.versionId}` },
      prices: [pricePerCall, pricePerInputToken, pricePerOutputToken].map(String),
      ...{ versionDatanets: terms.versionDatanets, providerKey: toHex(terms.providerKey) },
      ...{ consumerKey: toHex(terms.consumerKey), bookId: toHex(bookId), provider, url, isWithdrawn },
    }),
  );
}

export function decodeHead(bytes: Bytes): KeptHead {
  const kept = objectOf<{
    readonly chainId: string;
    readonly channelId: string;
    readonly versionId: string;
    readonly prices: readonly [string, string, string];
    readonly versionDatanets: number;
    readonly providerKey: string;
    readonly consumerKey: string;
    readonly bookId: string;
    readonly provider: string;
    readonly url: string;
    readonly isWithdrawn: boolean;
  }>(bytes);
  const [pricePerCall, pricePerInputToken, pricePerOutputToken] = kept.prices.map(BigInt);
  assert(pricePerOutputToken !== undefined, "a head has three prices");
  const terms = {
    ...{ chainId: kept.chainId, channelId: BigInt(kept.channelId), versionId: BigInt(kept.versionId) },
    prices: { pricePerCall: pricePerCall!, pricePerInputToken: pricePerInputToken!, pricePerOutputToken },
    versionDatanets: kept.versionDatanets,
    ...{ providerKey: hex(kept.providerKey), consumerKey: hex(kept.consumerKey) },
  };
  const { provider, url, isWithdrawn } = kept;
  return { head: { terms, bookId: hex(kept.bookId), provider, url }, isWithdrawn };
}

function hex(text: string): Bytes {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new BookFault("a row of the book has a broken number");
  return bytes;
}

/** JSON that this program wrote. */
function objectOf<T>(bytes: Bytes): T {
  try {
    return JSON.parse(utf8Text(bytes) ?? "") as T;
  } catch (cause) {
    throw new BookFault("a row of the book is no JSON", cause);
  }
}
