import { hmac } from "@noble/hashes/hmac.js";
import { ripemd160 } from "@noble/hashes/legacy.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { concat, utf8, type Bytes } from "../bytes.js";
import { backend } from "./backend.js";

export const HASH_BYTES = 32;

export function sha256(...parts: readonly Bytes[]): Bytes {
  return backend().sha256(parts.length === 1 ? parts[0]! : concat(...parts));
}

/** SHA-256 of an ASCII tag followed by the parts: one tag, one meaning. Tags are listed in domains.ts. */
export function tagged(tag: string, ...parts: readonly Bytes[]): Bytes {
  return sha256(utf8(tag), ...parts);
}

export function sha512(...parts: readonly Bytes[]): Bytes {
  return backend().sha512(parts.length === 1 ? parts[0]! : concat(...parts));
}

export function hmacSha256(key: Bytes, data: Bytes): Bytes {
  return hmac(nobleSha256, key, data);
}

/** RIPEMD-160 of SHA-256: the address of a secp256k1 account. */
export function hash160(data: Bytes): Bytes {
  return ripemd160(sha256(data));
}
