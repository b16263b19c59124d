import { equalBytes, type Bytes } from "../bytes.js";
import { message, type Messages } from "../codec/message.js";
import { domains } from "../crypto/domains.js";
import { HASH_BYTES, tagged } from "../crypto/hash.js";
import { signSecp256k1, verifySecp256k1 } from "../crypto/secp256k1.js";
import { reject, type Rejection } from "../rejection.js";
import { poaErrors } from "./errors.js";
import { differentPrice, feeByPrices, type CountedTokens, type Prices } from "./prices.js";

/** What a consumer asks of a provider, and the most that it pays for the answer (ceiling.proto). */
export type Ceiling = Messages["tributary.attribution.v1.Ceiling"];
/** Canonical codec of `Ceiling`. */
export const ceilingCodec = message("tributary.attribution.v1.Ceiling");

/** Bytes of a book id, and of a salt. */
export const CEILING_ID_BYTES = 16;

/** SHA-256("tributary/ceiling/1" || canonical bytes): what the consumer signs, and what the answer names. */
export function ceilingId(ceiling: Ceiling): Bytes {
  return tagged(domains.ceiling, ceilingCodec.encode(ceiling));
}

/** Signs with the consumer's account key. @param secretKey 32 bytes @returns 64 bytes r || s, low s */
export function signCeiling(ceiling: Ceiling, secretKey: Bytes): Bytes {
  return signSecp256k1(ceilingId(ceiling), secretKey);
}

/**
 * Rejects with poa/badSignature.
 * @param signature 64 bytes r || s, low s
 * @param publicKey 33 bytes, the consumer's account key
 */
export function verifyCeiling(ceiling: Ceiling, signature: Bytes, publicKey: Bytes): Rejection | undefined {
  const valid = verifySecp256k1(signature, ceilingId(ceiling), publicKey);
  return valid ? undefined : reject(poaErrors.badSignature, { field: "ceiling" });
}

/** What a provider knows of a request that comes with a ceiling. */
export interface CeilingTerms {
  readonly chainId: string;
  readonly channelId: bigint;
  readonly versionId: bigint;
  readonly prices: Prices;
  /** 32 bytes, of the request that came. */
  readonly requestHash: Bytes;
  /** The last height that the provider knows. */
  readonly height: bigint;
  /** How many blocks the named one may be behind, and the expiry ahead: a provider remembers what has not expired. */
  readonly ageMax: bigint;
  /** What the channel still has for answers, in base units: the deposit without what is signed or on its way. */
  readonly left: bigint;
}

/**
 * Undefined for a ceiling that the provider may answer under; else poa/wrongCeiling with the first invalid field. Whether the
 * last voucher and the book are those that it knows is for the provider's own record to say.
 */
export function checkCeiling(ceiling: Ceiling, terms: CeilingTerms): Rejection | undefined {
  const wrong = (field: string, have: unknown, need: unknown): Rejection =>
    reject(poaErrors.wrongCeiling, { field, have, need });
  const { chainId, channelId, versionId, prices, feeMax, lastVoucher, time, expiry, bookId, salt } = ceiling;
  if (chainId !== terms.chainId) return wrong("chain_id", chainId, terms.chainId);
  if (channelId !== terms.channelId) return wrong("channel_id", channelId, terms.channelId);
  if (!equalBytes(ceiling.requestHash, terms.requestHash)) {
    return wrong("request_hash", ceiling.requestHash, terms.requestHash);
  }
  if (versionId !== terms.versionId) return wrong("version_id", versionId, terms.versionId);
  if (prices === undefined) return wrong("prices", "nothing", "the version's");
  const different = differentPrice(prices, terms.prices);
  if (different !== undefined) return wrong(`prices.${different}`, "another", "the version's");
  const feeMin = feeByPrices(prices, { input: 0n, output: 0n });
  if (feeMax < feeMin || feeMax > terms.left) return wrong("fee_max", feeMax, `${feeMin} to ${terms.left}`);
  if (lastVoucher.length !== 0 && lastVoucher.length !== HASH_BYTES) {
    return wrong("last_voucher", lastVoucher.length, `${HASH_BYTES} bytes, or none`);
  }
  const oldest = terms.height > terms.ageMax ? terms.height - terms.ageMax : 0n;
  if (time < oldest || time > terms.height) return wrong("time", time, `${oldest} to ${terms.height}`);
  const latest = terms.height + terms.ageMax;
  if (expiry < terms.height || expiry > latest) return wrong("expiry", expiry, `${terms.height} to ${latest}`);
  if (bookId.length !== CEILING_ID_BYTES) return wrong("book_id", bookId.length, `${CEILING_ID_BYTES} bytes`);
  return salt.length === CEILING_ID_BYTES ? undefined : wrong("salt", salt.length, `${CEILING_ID_BYTES} bytes`);
}

/** The fee of an answer under a ceiling, in base units: by the version's prices, and never more than was agreed. Needs prices. */
export function feeUnder(
  { prices, feeMax }: Pick<Ceiling, "feeMax"> & { readonly prices: Prices },
  tokens: CountedTokens,
): bigint {
  const fee = feeByPrices(prices, tokens);
  return fee < feeMax ? fee : feeMax;
}
