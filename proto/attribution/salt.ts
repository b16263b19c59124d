import type { Bytes } from "../bytes.js";
import { HASH_BYTES, sha256 } from "../crypto/hash.js";
import { reject, type Rejection } from "../rejection.js";
import { poaErrors } from "./errors.js";

/** Size of the secret from which the salts of one receipt come. */
export const SEED_BYTES = 32;
/** Size of a salt. */
export const SALT_BYTES = 16;

/** Undefined if the seed has its size, else poa/wrongHashSize. */
export function checkSeed(seed: Bytes): Rejection | undefined {
  return seed.length === SEED_BYTES ? undefined : reject(poaErrors.wrongHashSize, { field: "seed", size: seed.length });
}

/**
 * salt_i = HMAC-SHA256(seed, u32 i)[0..16] (RFC 2104): an unopened receipt reveals only its number of tokens. The key
 * blocks are laid out once. The returned function gives all 32 bytes.
 */
export function saltHasher(seed: Bytes): (index: number) => Bytes {
  const inner = new Uint8Array(64 + 4).fill(0x36, 0, 64);
  const outer = new Uint8Array(64 + HASH_BYTES).fill(0x5c, 0, 64);
  for (let i = 0; i < seed.length; i++) {
    inner[i]! ^= seed[i]!;
    outer[i]! ^= seed[i]!;
  }
  const view = new DataView(inner.buffer);
  return (index) => {
    view.setUint32(64, index);
    outer.set(sha256(inner), 64);
    return sha256(outer);
  };
}
