import { sha256 as nobleSha256, sha512 as nobleSha512 } from "@noble/hashes/sha2.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import type { Bytes } from "../bytes.js";

/**
 * The primitives that a platform may do faster. A backend is set once, in each entry point and worker; without one the
 * portable implementation answers. Every backend gives the same results: the accept sets are frozen (see README).
 */
export interface Backend {
  readonly name: string;
  sha256(data: Bytes): Bytes;
  /** SHA-256 of `data` into the 32 bytes of `out`. */
  sha256Into(data: Bytes, out: Bytes): void;
  sha512(data: Bytes): Bytes;
  /** SHA-256 of each 64-byte block of `blocks` into 32 bytes each of `out`. */
  sha256Pairs(blocks: Bytes, out: Bytes): void;
  /** True is final; false only means that the portable verifier decides. */
  ed25519Accepts(signature: Bytes, message: Bytes, publicKey: Bytes): boolean;
  ed25519Sign(message: Bytes, secretKey: Bytes): Bytes;
  /** Inputs are already shaped: 64-byte low-S signature, 32-byte digest, 33-byte compressed key. */
  secp256k1Verify(signature: Bytes, digest: Bytes, publicKey: Bytes): boolean;
  secp256k1Sign(digest: Bytes, secretKey: Bytes): Bytes;
  /**
   * Does costly work whose result depends on `name` and `inputs` alone. A simulation, whose many nodes check the same
   * signatures in one process, and whose keys are the same in all runs, remembers the result; everybody else just does
   * the work.
   */
  pure<T>(name: string, inputs: readonly Bytes[], work: () => T): T;
}

export const portable: Backend = {
  name: "noble",
  sha256: (data) => nobleSha256(data),
  sha256Into: (data, out) => out.set(nobleSha256(data)),
  sha512: (data) => nobleSha512(data),
  sha256Pairs(blocks, out) {
    for (let i = 0; i * 64 < blocks.length; i++) out.set(nobleSha256(blocks.subarray(i * 64, i * 64 + 64)), i * 32);
  },
  ed25519Accepts: () => false,
  ed25519Sign: (message, secretKey) => ed25519.sign(message, secretKey),
  secp256k1Verify(signature, digest, publicKey) {
    try {
      return secp256k1.verify(signature, digest, publicKey, { prehash: false, lowS: true });
    } catch {
      return false; // The library throws for points that are not on the curve.
    }
  },
  secp256k1Sign: (digest, secretKey) => secp256k1.sign(digest, secretKey, { prehash: false }),
  pure: (_name, _inputs, work) => work(),
};

let current: Backend = portable;

export function setBackend(backend: Backend): void {
  current = backend;
}

export function backend(): Backend {
  return current;
}
