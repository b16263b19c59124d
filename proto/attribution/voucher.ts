import { equalBytes, type Bytes } from "../bytes.js";
import { message, type Messages } from "../codec/message.js";
import { domains } from "../crypto/domains.js";
import { HASH_BYTES, tagged } from "../crypto/hash.js";
import { signSecp256k1, verifySecp256k1 } from "../crypto/secp256k1.js";
import { reject, type Rejection } from "../rejection.js";
import { poaErrors } from "./errors.js";
import { EMPTY_SUM, type SumNode } from "./sum-tree.js";

/**
 * A payment that the consumer signs over any number of receipts. All its numbers, and the tree of its receipts, count from
 * the opening of the channel on.
 */
export type Voucher = Messages["tributary.usage.v1.Voucher"];
/** Canonical codec of `Voucher`. */
export const voucherCodec = message("tributary.usage.v1.Voucher");

/** The 32-byte digest that the consumer's account key signs: SHA-256("tributary/voucher/1" || canonical bytes). */
export function voucherDigest(voucher: Voucher): Bytes {
  return tagged(domains.voucher, voucherCodec.encode(voucher));
}

/** Signs with the consumer's account key. @param secretKey 32 bytes @returns 64 bytes r || s, low s */
export function signVoucher(voucher: Voucher, secretKey: Bytes): Bytes {
  return signSecp256k1(voucherDigest(voucher), secretKey);
}

/**
 * Rejects with poa/badSignature.
 * @param signature 64 bytes r || s, low s
 * @param publicKey 33 bytes, the consumer's account key
 */
export function verifyVoucher(voucher: Voucher, signature: Bytes, publicKey: Bytes): Rejection | undefined {
  const valid = verifySecp256k1(signature, voucherDigest(voucher), publicKey);
  return valid ? undefined : reject(poaErrors.badSignature, { field: "voucher" });
}

/** Where a channel stands after a voucher. Amounts are base units. */
export interface Standing {
  readonly nonce: bigint;
  readonly amount: bigint;
  readonly auditRoot: Bytes;
  readonly auditSum: bigint;
  readonly auditCount: bigint;
}

/** A channel that has redeemed nothing. */
export const NOTHING_REDEEMED: Standing = {
  nonce: 0n,
  amount: 0n,
  auditRoot: EMPTY_SUM.hash,
  auditSum: 0n,
  auditCount: 0n,
};

/** The redeemed numbers of the channel. */
export interface Redeemed extends Standing {
  readonly chainId: string;
  readonly channelId: bigint;
  readonly deposit: bigint;
}

/**
 * What a voucher adds to a channel, in base units, or poa/wrongVoucher with the first invalid field. Nothing that is
 * redeemed may shrink; a voucher without further receipts keeps the root.
 */
export function voucherFee(redeemed: Redeemed, voucher: Voucher): bigint | Rejection {
  const wrong = (field: string, have: unknown, need: unknown): Rejection =>
    reject(poaErrors.wrongVoucher, { field, have, need });
  if (voucher.chainId !== redeemed.chainId) return wrong("chain_id", voucher.chainId, redeemed.chainId);
  if (voucher.channelId !== redeemed.channelId) return wrong("channel_id", voucher.channelId, redeemed.channelId);
  if (voucher.nonce <= redeemed.nonce) return wrong("nonce", voucher.nonce, `above ${redeemed.nonce}`);
  if (voucher.amount <= redeemed.amount) return wrong("amount", voucher.amount, `above ${redeemed.amount}`);
  if (voucher.amount > redeemed.deposit) return wrong("amount", voucher.amount, `at most ${redeemed.deposit}`);

  const fee = voucher.amount - redeemed.amount;
  const [sumMin, countMin] = [redeemed.auditSum, redeemed.auditCount];
  const [sumMax, countMax] = [sumMin + fee, countMin + voucher.nonce - redeemed.nonce];
  if (voucher.auditSum < sumMin || voucher.auditSum > sumMax) {
    return wrong("audit_sum", voucher.auditSum, `${sumMin} to ${sumMax}`);
  }
  if (voucher.auditCount < countMin || voucher.auditCount > countMax) {
    return wrong("audit_count", voucher.auditCount, `${countMin} to ${countMax}`);
  }
  if (voucher.auditRoot.length !== HASH_BYTES) return wrong("audit_root", voucher.auditRoot.length, HASH_BYTES);
  if (voucher.auditCount > countMin) return fee;
  if (voucher.auditSum > sumMin) {
    return wrong("audit_sum", voucher.auditSum, `${sumMin}, since audit_count is ${countMin}`);
  }
  const isSame = equalBytes(voucher.auditRoot, redeemed.auditRoot);
  return isSame ? fee : wrong("audit_root", voucher.auditRoot, `as redeemed, since audit_count is ${countMin}`);
}

/** The top of the receipts' sum tree that the voucher signs. */
export function auditTop(voucher: Pick<Voucher, "auditRoot" | "auditSum" | "auditCount">): SumNode {
  return { hash: voucher.auditRoot, sum: voucher.auditSum, count: voucher.auditCount };
}
