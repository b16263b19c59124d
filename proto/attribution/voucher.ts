import { equalBytes, type Bytes } from "../bytes.js";
import { message, type Messages } from "../codec/message.js";
import { domains } from "../crypto/domains.js";
import { HASH_BYTES, tagged } from "../crypto/hash.js";
import { signSecp256k1, verifySecp256k1 } from "../crypto/secp256k1.js";
import { reject, type Rejection } from "../rejection.js";
import { poaErrors } from "./errors.js";
import { EMPTY_SUM, type SumNode } from "./sum-tree.js";

/**
 * A payment that the consumer signs over any number of receipts. Amount and nonce are cumulative over the channel's
 * life.
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

/** What the channel has redeemed so far, in base units of its deposit. */
export interface Redeemed {
  readonly chainId: string;
  readonly channelId: bigint;
  readonly nonce: bigint;
  readonly amount: bigint;
  readonly deposit: bigint;
}

/** What a voucher adds to a channel: `fee` base units for the nonces after `afterNonce` up to `nonce`. */
export interface VoucherStep {
  readonly fee: bigint;
  readonly afterNonce: bigint;
  readonly nonce: bigint;
}

/** The step from the redeemed state to this voucher, or poa/wrongVoucher with the first invalid field. */
export function voucherStep(redeemed: Redeemed, voucher: Voucher): VoucherStep | Rejection {
  const wrong = (field: string, have: unknown, need: unknown): Rejection =>
    reject(poaErrors.wrongVoucher, { field, have, need });
  if (voucher.chainId !== redeemed.chainId) return wrong("chain_id", voucher.chainId, redeemed.chainId);
  if (voucher.channelId !== redeemed.channelId) return wrong("channel_id", voucher.channelId, redeemed.channelId);
  if (voucher.nonce <= redeemed.nonce) return wrong("nonce", voucher.nonce, `above ${redeemed.nonce}`);
  if (voucher.amount <= redeemed.amount) return wrong("amount", voucher.amount, `above ${redeemed.amount}`);
  if (voucher.amount > redeemed.deposit) return wrong("amount", voucher.amount, `at most ${redeemed.deposit}`);

  const fee = voucher.amount - redeemed.amount;
  const nonces = voucher.nonce - redeemed.nonce;
  if (voucher.auditSum > fee) return wrong("audit_sum", voucher.auditSum, `at most ${fee}`);
  if (voucher.auditCount > nonces) return wrong("audit_count", voucher.auditCount, `at most ${nonces}`);
  if (voucher.auditRoot.length !== HASH_BYTES) return wrong("audit_root", voucher.auditRoot.length, HASH_BYTES);
  if (voucher.auditCount === 0n && (voucher.auditSum !== 0n || !equalBytes(voucher.auditRoot, EMPTY_SUM.hash))) {
    return wrong("audit_root", voucher.auditRoot, "32 zero bytes and audit_sum 0, since audit_count is 0");
  }
  return { fee, afterNonce: redeemed.nonce, nonce: voucher.nonce };
}

/** The top of the receipts' sum tree that the voucher signs. */
export function auditTop(voucher: Voucher): SumNode {
  return { hash: voucher.auditRoot, sum: voucher.auditSum, count: voucher.auditCount };
}
