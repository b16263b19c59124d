import { equalBytes, type Bytes } from "../bytes.js";
import { message, type Messages } from "../codec/message.js";
import { domains } from "../crypto/domains.js";
import { tagged } from "../crypto/hash.js";
import { signSecp256k1, verifySecp256k1 } from "../crypto/secp256k1.js";
import { reject, type Rejection } from "../rejection.js";
import { ceilingId, type Ceiling } from "./ceiling.js";
import { poaErrors } from "./errors.js";
import { receiptHash, type Receipt } from "./receipt.js";

/** A provider's word about one answer: this receipt, for that ceiling, at this fee. */
export type Answer = Messages["tributary.attribution.v1.Answer"];
/** Canonical codec of `Answer`. */
export const answerCodec = message("tributary.attribution.v1.Answer");

/** The answer that a receipt gives to a ceiling. */
export function answerOf(ceiling: Ceiling, receipt: Receipt): Answer {
  const { chainId, channelId } = ceiling;
  return { chainId, channelId, ceilingId: ceilingId(ceiling), receiptHash: receiptHash(receipt), fee: receipt.fee };
}

/** SHA-256("tributary/answer/2" || canonical bytes). */
export function answerDigest(answer: Answer): Bytes {
  return tagged(domains.answer, answerCodec.encode(answer));
}

/** Signs with the provider's account key. @param secretKey 32 bytes @returns 64 bytes r || s, low s */
export function signAnswer(answer: Answer, secretKey: Bytes): Bytes {
  return signSecp256k1(answerDigest(answer), secretKey);
}

/**
 * Rejects with poa/badSignature.
 * @param signature 64 bytes r || s, low s
 * @param publicKey 33 bytes, the provider's account key
 */
export function verifyAnswer(answer: Answer, signature: Bytes, publicKey: Bytes): Rejection | undefined {
  const valid = verifySecp256k1(signature, answerDigest(answer), publicKey);
  return valid ? undefined : reject(poaErrors.badSignature, { field: "answer" });
}

/**
 * Undefined for a receipt that answers the ceiling; else poa/wrongAnswer with the first invalid field. Whether the receipt
 * stands for the text that came is another question, which its roots answer (`issueReceipt`).
 */
export function checkAnswer(answer: Answer, ceiling: Ceiling, receipt: Receipt): Rejection | undefined {
  const wrong = (field: string, have: unknown, need: unknown): Rejection =>
    reject(poaErrors.wrongAnswer, { field, have, need });
  const need = answerOf(ceiling, receipt);
  if (answer.chainId !== need.chainId) return wrong("chain_id", answer.chainId, need.chainId);
  if (answer.channelId !== need.channelId) return wrong("channel_id", answer.channelId, need.channelId);
  if (!equalBytes(answer.ceilingId, need.ceilingId)) return wrong("ceiling_id", answer.ceilingId, need.ceilingId);
  if (!equalBytes(answer.receiptHash, need.receiptHash)) {
    return wrong("receipt_hash", answer.receiptHash, need.receiptHash);
  }
  if (answer.fee !== need.fee) return wrong("fee", answer.fee, need.fee);
  if (receipt.channelId !== ceiling.channelId) return wrong("receipt.channel_id", receipt.channelId, ceiling.channelId);
  if (receipt.versionId !== ceiling.versionId) return wrong("receipt.version_id", receipt.versionId, ceiling.versionId);
  return receipt.fee <= ceiling.feeMax ? undefined : wrong("receipt.fee", receipt.fee, `at most ${ceiling.feeMax}`);
}
