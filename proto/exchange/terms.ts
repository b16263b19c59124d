import type { Prices } from "../attribution/prices.js";
import { parseAmount } from "../amount.js";
import { U64_MAX } from "../attribution/limits.js";
import { isJsonObject, type Json, type JsonObject } from "../codec/json-text.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { exchangeErrors } from "./errors.js";
import { networkOf, readSignedVoucher, signedVoucherJson, X402_BINDING, X402_SCHEME } from "./x402.js";
import type { SignedVoucher } from "./provider.js";

/**
 * What a provider asks for: one entry of `accepts` of x402's PAYMENT-REQUIRED. Amounts are base units of the asset. A consumer
 * checks version, prices and provider against the chain: terms are an offer, not a proof.
 */
export interface ProviderTerms {
  readonly chainId: string;
  /** The denomination of fees. */
  readonly asset: string;
  /** The most that an answer to this request can cost. */
  readonly feeMax: bigint;
  /** Address of the provider. */
  readonly payTo: string;
  readonly versionId: bigint;
  readonly prices: Prices;
  /** Datanets of texts that the provider finds passages in: a request that names them lets them be paid. */
  readonly datanets: readonly bigint[];
  /** What one account may owe, in flight and unpaid. */
  readonly credit: bigint;
  readonly depositMin: bigint;
  /** The last height that the provider knows, and blocks that a ceiling may be behind it or expire after it. */
  readonly height: bigint;
  readonly ageMax: bigint;
  /** Of the account that asks, where it named itself and has one. */
  readonly account: { readonly number: bigint; readonly sequence: bigint } | undefined;
  /** The account's open channel to this provider and version. */
  readonly channel: OfferedChannel | undefined;
}

/** A consumer's channel as its provider knows it. */
export interface OfferedChannel {
  readonly channelId: bigint;
  readonly deposit: bigint;
  /** Fees of receipts without a voucher. */
  readonly unpaid: bigint;
  /** The newest voucher that the provider holds. */
  readonly voucher: SignedVoucher | undefined;
}

/** The JSON of terms, as x402's PaymentRequirements. */
export function termsJson(terms: ProviderTerms, maxTimeoutSeconds: number): JsonObject {
  const { chainId, asset, feeMax, payTo, prices, account, channel } = terms;
  return {
    scheme: X402_SCHEME,
    network: networkOf(chainId),
    ...{ asset, amount: feeMax.toString(), payTo, maxTimeoutSeconds },
    extra: {
      binding: X402_BINDING,
      versionId: terms.versionId.toString(),
      prices: {
        perCall: prices.pricePerCall.toString(),
        perInputToken: prices.pricePerInputToken.toString(),
        perOutputToken: prices.pricePerOutputToken.toString(),
      },
      datanets: terms.datanets.map(String),
      credit: terms.credit.toString(),
      minDeposit: terms.depositMin.toString(),
      height: terms.height.toString(),
      ageMax: terms.ageMax.toString(),
      ...(account === undefined
        ? {}
        : { account: { number: account.number.toString(), sequence: account.sequence.toString() } }),
      ...(channel === undefined ? {} : { channel: channelJson(channel) }),
    },
  };
}

function channelJson({ channelId, deposit, unpaid, voucher }: OfferedChannel): JsonObject {
  return {
    ...{ channelId: channelId.toString(), deposit: deposit.toString(), unpaid: unpaid.toString() },
    ...signedVoucherJson(voucher),
  };
}

/** Reads one entry of `accepts`. Rejects exchange/wrongTerms with the first invalid field. */
export function readTerms(value: Json | undefined): ProviderTerms | Rejection {
  if (!isJsonObject(value)) return wrong("accepts", "nothing", "an object");
  const { scheme, network, asset, payTo, extra } = value;
  if (scheme !== X402_SCHEME) return wrong("scheme", scheme, X402_SCHEME);
  if (!isJsonObject(extra) || extra["binding"] !== X402_BINDING) return wrong("extra.binding", extra, X402_BINDING);
  const chainId = typeof network === "string" ? /^cosmos:([A-Za-z0-9_-]{1,64})$/.exec(network)?.[1] : undefined;
  if (chainId === undefined) return wrong("network", network, "cosmos:<chain id>");
  if (typeof asset !== "string" || typeof payTo !== "string") return wrong("payTo", payTo, "asset and address");
  const numbers = numbersOf(value, extra);
  if (isRejection(numbers)) return numbers;
  const datanets = listOf(extra["datanets"]);
  if (datanets === undefined) return wrong("extra.datanets", extra["datanets"], "decimal numbers");
  const account = accountOf(extra["account"]);
  if (isRejection(account)) return account;
  const channel = channelOf(extra["channel"]);
  if (isRejection(channel)) return channel;
  return { chainId, asset, payTo, ...numbers, datanets, account, channel };
}

const DATANETS_MAX = 64;

function numbersOf(value: JsonObject, extra: JsonObject) {
  const prices = isJsonObject(extra["prices"]) ? extra["prices"] : {};
  const fields = {
    feeMax: value["amount"],
    versionId: extra["versionId"],
    credit: extra["credit"],
    depositMin: extra["minDeposit"],
    height: extra["height"],
    ageMax: extra["ageMax"],
    pricePerCall: prices["perCall"],
    pricePerInputToken: prices["perInputToken"],
    pricePerOutputToken: prices["perOutputToken"],
  };
  const read = amountsOf(fields, "extra");
  if (isRejection(read)) return read;
  const { pricePerCall, pricePerInputToken, pricePerOutputToken, ...rest } = read;
  return { ...rest, prices: { pricePerCall, pricePerInputToken, pricePerOutputToken } };
}

function accountOf(value: Json | undefined): ProviderTerms["account"] | Rejection {
  if (!isJsonObject(value)) return undefined;
  return amountsOf({ number: value["number"], sequence: value["sequence"] }, "extra.account");
}

function channelOf(value: Json | undefined): OfferedChannel | undefined | Rejection {
  if (!isJsonObject(value)) return undefined;
  const { channelId, deposit, unpaid } = value;
  const numbers = amountsOf({ channelId, deposit, unpaid }, "extra.channel");
  if (isRejection(numbers)) return numbers;
  const voucher = readSignedVoucher(value);
  return isRejection(voucher) ? voucher : { ...numbers, voucher };
}

function amountsOf<K extends string>(
  fields: Readonly<Record<K, Json | undefined>>,
  place: string,
): Record<K, bigint> | Rejection {
  const out: Partial<Record<K, bigint>> = {};
  for (const [name, text] of Object.entries(fields) as [K, Json | undefined][]) {
    const amount = typeof text === "string" ? parseAmount(text) : undefined;
    if (amount === undefined || amount > U64_MAX) return wrong(`${place}.${name}`, text, "a decimal number");
    out[name] = amount;
  }
  return out as Record<K, bigint>;
}

function listOf(value: Json | undefined): bigint[] | undefined {
  if (!Array.isArray(value) || value.length > DATANETS_MAX) return undefined;
  const numbers = value.map((one) => (typeof one === "string" ? parseAmount(one) : undefined));
  return numbers.every((one) => one !== undefined) ? numbers : undefined;
}

function wrong(field: string, have: unknown, need: string): Rejection {
  return reject(exchangeErrors.wrongTerms, { field, have, need });
}
