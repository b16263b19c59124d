import { hmac } from "@noble/hashes/hmac.js";
import { ripemd160 } from "@noble/hashes/legacy.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { concat, utf8, type Bytes } from "../bytes.js";
import { backend } from "./backend.js";

/** Size of a SHA-256 hash. */
export const HASH_BYTES = 32;

/** SHA-256 of the concatenated parts, 32 bytes. */
export function sha256(...parts: readonly Bytes[]): Bytes {
  return backend().sha256(parts.length === 1 ? parts[0]! : concat(...parts));
}

/** SHA-256 of an ASCII tag followed by the parts. domains.ts lists the tags. */
export function tagged(tag: string, ...parts: readonly Bytes[]): Bytes {
  return sha256(utf8(tag), ...parts);
}

/** SHA-512 of the concatenated parts, 64 bytes. */
export function sha512(...parts: readonly Bytes[]): Bytes {
  return backend().sha512(parts.length === 1 ? parts[0]! : concat(...parts));
}

/** HMAC-SHA256 (RFC 2104), 32 bytes. */
export function hmacSha256(key: Bytes, data: Bytes): Bytes {
  return hmac(nobleSha256, key, data);
}

/** RIPEMD-160 of SHA-256, 20 bytes: the address of a secp256k1 account. */
export function hash160(data: Bytes): Bytes {
  return ripemd160(sha256(data));
}
