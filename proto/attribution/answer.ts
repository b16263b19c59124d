import type { Bytes } from "../bytes.js";
import { message, type Messages } from "../codec/message.js";
import { domains } from "../crypto/domains.js";
import { tagged } from "../crypto/hash.js";
import { signSecp256k1, verifySecp256k1 } from "../crypto/secp256k1.js";
import { reject, type Rejection } from "../rejection.js";
import { poaErrors } from "./errors.js";

/** A provider's statement about one answer: request, output root and nonce, bound to one channel of one chain. */
export type Answer = Messages["tributary.attribution.v1.Answer"];
/** Canonical codec of `Answer`. */
export const answerCodec = message("tributary.attribution.v1.Answer");

/** SHA-256("tributary/answer/1" || canonical bytes). */
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
