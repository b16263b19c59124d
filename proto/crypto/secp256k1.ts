import { secp256k1 } from "@noble/curves/secp256k1.js";
import type { Bytes } from "../bytes.js";
import { backend } from "./backend.js";
import { hash160 } from "./hash.js";

const HALF_ORDER = secp256k1.Point.Fn.ORDER >> 1n;

/**
 * Verifies a signature of an account key. Accepts only a 33-byte compressed key, a 32-byte digest and a 64-byte r || s
 * with s at most half the order.
 */
export function verifySecp256k1(signature: Bytes, digest: Bytes, publicKey: Bytes): boolean {
  if (signature.length !== 64 || digest.length !== 32 || publicKey.length !== 33) return false;
  if (publicKey[0] !== 2 && publicKey[0] !== 3) return false;
  if (scalar(signature, 32) > HALF_ORDER) return false;
  const work = (): boolean => backend().secp256k1Verify(signature, digest, publicKey);
  return backend().pure("secp256k1", [signature, digest, publicKey], work);
}

function scalar(bytes: Bytes, at: number): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 32);
  let value = 0n;
  for (let i = 0; i < 4; i++) value = (value << 64n) | view.getBigUint64(8 * i);
  return value;
}

/** Signs: 64 bytes r || s, low s, deterministic (RFC 6979). @param digest 32 bytes @param secretKey 32 bytes */
export function signSecp256k1(digest: Bytes, secretKey: Bytes): Bytes {
  return backend().secp256k1Sign(digest, secretKey);
}

/** The compressed public key, 33 bytes. @param secretKey 32 bytes */
export function secp256k1PublicKey(secretKey: Bytes): Bytes {
  return secp256k1.getPublicKey(secretKey, true);
}

/** The account address of a compressed key, 20 bytes, as in the Cosmos SDK. */
export function accountAddress(publicKey: Bytes): Bytes {
  return hash160(publicKey);
}
