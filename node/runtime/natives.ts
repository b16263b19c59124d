import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { portable, setBackend, type Backend } from "#proto/crypto/backend.js";

const require = createRequire(import.meta.url);

interface Sodium {
  crypto_hash_sha256(digest: Uint8Array, data: Uint8Array): void;
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
}
interface Secp256k1 {
  ecdsaVerify(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean;
  ecdsaSign(digest: Uint8Array, secretKey: Uint8Array): { signature: Uint8Array };
}
interface Hashtree {
  hashInto(blocks: Uint8Array, out: Uint8Array): void;
}

/** A native library, or undefined where its prebuild does not load; the portable one then answers, only slower. */
function load<T>(name: string): T | undefined {
  try {
    return require(name) as T;
  } catch {
    return undefined; // No prebuild for this platform. `nativesLoaded` tells the operator.
  }
}

const sodium = load<Sodium>("sodium-native");
const secp = load<Secp256k1>("secp256k1/bindings");
const hashtree = load<Hashtree>("@chainsafe/hashtree");

/** Name of each native library and whether it loaded; shown by `tribd doctor` and at start. */
export const nativesLoaded = {
  "sodium-native": sodium !== undefined,
  secp256k1: secp !== undefined,
  hashtree: hashtree !== undefined,
};

const view = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const DIGEST_BYTES = 32;
/** Digests that share a block. An array for each would cost as much as hashing; one that is kept keeps its block. */
const BLOCK_DIGESTS = 64;
let block = new Uint8Array(0);
let used = 0;

function digestRoom(): Uint8Array {
  if (used === block.length) {
    block = new Uint8Array(BLOCK_DIGESTS * DIGEST_BYTES);
    used = 0;
  }
  return block.subarray(used, (used += DIGEST_BYTES));
}

/** Above it OpenSSL, which uses what the processor has for SHA-256, makes up for the price of its objects. */
const SODIUM_BYTES_MAX = 512;

function sodiumSha256(library: Sodium, data: Uint8Array): Uint8Array {
  if (data.length > SODIUM_BYTES_MAX) return view(createHash("sha256").update(data).digest());
  const digest = digestRoom();
  library.crypto_hash_sha256(digest, data);
  return digest;
}

const natives: Backend = {
  name: "native",
  sha256:
    sodium === undefined
      ? (data) => view(createHash("sha256").update(data).digest())
      : (data) => sodiumSha256(sodium, data),
  sha256Into:
    sodium === undefined
      ? (data, out) => out.set(createHash("sha256").update(data).digest())
      : (data, out) => sodium.crypto_hash_sha256(out, data),
  sha512: (data) => view(createHash("sha512").update(data).digest()),
  sha256Pairs: hashtree === undefined ? portable.sha256Pairs : (blocks, out) => hashtree.hashInto(blocks, out),
  ed25519Accepts:
    sodium === undefined
      ? portable.ed25519Accepts
      : (signature, message, publicKey) => sodium.crypto_sign_verify_detached(signature, message, publicKey),
  ed25519Sign:
    sodium === undefined
      ? portable.ed25519Sign
      : (message, seed) => {
          const publicKey = new Uint8Array(32);
          const secretKey = new Uint8Array(64);
          sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed);
          const signature = new Uint8Array(64);
          sodium.crypto_sign_detached(signature, message, secretKey);
          secretKey.fill(0);
          return signature;
        },
  secp256k1Verify:
    secp === undefined
      ? portable.secp256k1Verify
      : (signature, digest, publicKey) => {
          try {
            return secp.ecdsaVerify(signature, digest, publicKey);
          } catch {
            return false; // The library throws for keys that are no point.
          }
        },
  secp256k1Sign:
    secp === undefined ? portable.secp256k1Sign : (digest, secretKey) => secp.ecdsaSign(digest, secretKey).signature,
  pure: portable.pure,
};

/** Called first in every entry point and worker. */
export function useNatives(): void {
  setBackend(natives);
}
