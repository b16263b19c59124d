import { u64be, type Bytes } from "../bytes.js";
import { message, type Messages } from "../codec/message.js";
import { domains } from "../crypto/domains.js";
import { tagged } from "../crypto/hash.js";
import { reject, type Rejection } from "../rejection.js";
import { poaErrors } from "./errors.js";
import { leafHasher } from "./hash-tree.js";
import { sumTree, type SumNode, type SumTree } from "./sum-tree.js";

/**
 * The terms and the roots of one answer, agreed by provider and consumer. Its hash and fee are one leaf of the
 * voucher's sum tree.
 */
export type Receipt = Messages["tributary.attribution.v1.Receipt"];
/** Canonical codec of `Receipt`. */
export const receiptCodec = message("tributary.attribution.v1.Receipt");

/** SHA-256("tributary/receipt/1" || canonical bytes). */
export function receiptHash(receipt: Receipt): Bytes {
  return tagged(domains.receipt, receiptCodec.encode(receipt));
}

/** leaf = H(00 || "poa2/rcpt" || u64 fee || receipt hash), with sum = fee and count = 1. */
export function receiptLeaf(fee: bigint, hash: Bytes): SumNode {
  const leaf = leafHasher("poa2/rcpt", 8 + 32);
  leaf.data.set(u64be(fee));
  leaf.data.set(hash, 8);
  return { hash: leaf.hash(), sum: fee, count: 1n };
}

/**
 * The sum tree that a voucher signs: all audited receipts of one channel, in strictly ascending nonce order (else poa/notSorted).
 */
export function receiptTree(receipts: readonly Receipt[]): SumTree | Rejection {
  for (let i = 1; i < receipts.length; i++) {
    if (receipts[i]!.nonce <= receipts[i - 1]!.nonce) return reject(poaErrors.notSorted, { field: "nonce", index: i });
  }
  return sumTree(receipts.map((receipt) => receiptLeaf(receipt.fee, receiptHash(receipt))));
}
