import { ed25519 } from "@noble/curves/ed25519.js";
import type { Bytes } from "../bytes.js";
import { backend } from "./backend.js";
import { sha256 } from "./hash.js";

/**
 * Verifies a signature of a consensus key by ZIP-215. A faster library may only accept a subset; its rejections are
 * checked again. False for sizes other than 64 and 32 bytes.
 */
export function verifyEd25519(signature: Bytes, message: Bytes, publicKey: Bytes): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  return backend().pure("ed25519", [signature, message, publicKey], () => accepts(signature, message, publicKey));
}

function accepts(signature: Bytes, message: Bytes, publicKey: Bytes): boolean {
  if (backend().ed25519Accepts(signature, message, publicKey)) return true;
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: true });
  } catch {
    return false; // The library throws for encodings that are not a curve point.
  }
}

/** Signs; 64 bytes, deterministic (RFC 8032). @param secretKey 32-byte seed */
export function signEd25519(message: Bytes, secretKey: Bytes): Bytes {
  return backend().ed25519Sign(message, secretKey);
}

/** The public key, 32 bytes. @param secretKey 32-byte seed */
export function ed25519PublicKey(secretKey: Bytes): Bytes {
  return backend().pure("ed25519 key", [secretKey], () => ed25519.getPublicKey(secretKey));
}

/** The first 20 bytes of SHA-256 of the key, as in CometBFT. */
export function validatorAddress(publicKey: Bytes): Bytes {
  return sha256(publicKey).slice(0, 20);
}
