import { sha256 as nobleSha256, sha512 as nobleSha512 } from "@noble/hashes/sha2.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import type { Bytes } from "../bytes.js";

/**
 * Primitives that a platform can speed up. Each entry point and worker sets a backend once; the default is the portable
 * implementation. Every backend gives the same results: the sets of accepted signatures are frozen.
 */
export interface Backend {
  readonly name: string;
  sha256(data: Bytes): Bytes;
  /** Writes SHA-256 of `data` to the 32 bytes of `out`. */
  sha256Into(data: Bytes, out: Bytes): void;
  sha512(data: Bytes): Bytes;
  /** Writes SHA-256 of each 64-byte block of `blocks` to 32 bytes each of `out`. */
  sha256Pairs(blocks: Bytes, out: Bytes): void;
  /** True is final; after false the portable verifier decides. */
  ed25519Accepts(signature: Bytes, message: Bytes, publicKey: Bytes): boolean;
  ed25519Sign(message: Bytes, secretKey: Bytes): Bytes;
  /** Inputs have valid shapes: 64-byte low-S signature, 32-byte digest, 33-byte compressed key. */
  secp256k1Verify(signature: Bytes, digest: Bytes, publicKey: Bytes): boolean;
  secp256k1Sign(digest: Bytes, secretKey: Bytes): Bytes;
  /**
   * Runs costly work that depends only on `name` and `inputs`. The simulation caches the results, because its many
   * nodes verify the same signatures in one process; other backends run the work.
   */
  pure<T>(name: string, inputs: readonly Bytes[], work: () => T): T;
}

/** The portable implementation on noble; it defines the accepted signatures. */
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

/** Sets the backend of this thread. */
export function setBackend(backend: Backend): void {
  current = backend;
}

/** The backend of this thread. */
export function backend(): Backend {
  return current;
}
