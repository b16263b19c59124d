import { u64be, type Bytes } from "../bytes.js";
import { HASH_BYTES, sha256 } from "../crypto/hash.js";
import { reject, type Rejection } from "../rejection.js";
import type { Messages } from "../codec/message.js";
import { poaErrors } from "./errors.js";
import { hashTree, leafHasher } from "./hash-tree.js";
import { CONTEXT_CHUNKS_MAX, TOKENS_MAX } from "./limits.js";
import { checkTokenHashes, TOKEN_HASH_BYTES } from "./token-hash.js";

/**
 * The roots of a receipt describe one answer without revealing it: trees of salted leaves in the order of the text.
 *
 *   "poa2/out" the answer's token hashes, "poa2/prm" the prompt's:   data = salt16 || th8
 *   "poa2/ctx" the chunks that the provider put into the context:    data = salt16 || u64 contribution || chunk hash
 *
 * salt_i = HMAC-SHA256(seed32, u32 i)[0..16], so that an unopened receipt reveals only its number of tokens.
 */
export const SEED_BYTES = 32;
/** Size of a salt. */
export const SALT_BYTES = 16;
/** A chunk that the provider put into the context: its contribution, and the SHA-256 of its bytes. */
export type ContextChunk = Messages["tributary.attribution.v1.ContextChunk"];

/**
 * Root of the answer's tree. Rejects more than TOKENS_MAX tokens, an unknown class, and a seed that is not 32 bytes.
 * @param tokens packed hashes
 */
export function outputRoot(seed: Bytes, tokens: Bytes): Bytes | Rejection {
  return saltedTokens("poa2/out", seed, tokens);
}

/** Root of the prompt's tree, likewise. */
export function promptRoot(seed: Bytes, tokens: Bytes): Bytes | Rejection {
  return saltedTokens("poa2/prm", seed, tokens);
}

function saltedTokens(tag: "poa2/out" | "poa2/prm", seed: Bytes, packed: Bytes): Bytes | Rejection {
  const refusal = checkTokenHashes(tag, packed, TOKENS_MAX) ?? checkSeed(seed);
  if (refusal !== undefined) return refusal;
  return saltedRoot(tag, seed, packed.length / TOKEN_HASH_BYTES, TOKEN_HASH_BYTES, (i, data) =>
    data.set(packed.subarray(i * TOKEN_HASH_BYTES, (i + 1) * TOKEN_HASH_BYTES)),
  );
}

/**
 * Root of the context's tree. Rejects more than CONTEXT_CHUNKS_MAX chunks, and hashes or a seed that are not 32 bytes.
 */
export function contextRoot(seed: Bytes, chunks: readonly ContextChunk[]): Bytes | Rejection {
  const refusal = checkSeed(seed);
  if (refusal !== undefined) return refusal;
  if (chunks.length > CONTEXT_CHUNKS_MAX) {
    return reject(poaErrors.tooMany, { field: "context", count: chunks.length, max: CONTEXT_CHUNKS_MAX });
  }
  for (const { chunkHash } of chunks) {
    if (chunkHash.length !== HASH_BYTES) {
      return reject(poaErrors.wrongHashSize, { field: "context", size: chunkHash.length });
    }
  }
  return saltedRoot("poa2/ctx", seed, chunks.length, 8 + HASH_BYTES, (i, data) => {
    data.set(u64be(chunks[i]!.contributionId));
    data.set(chunks[i]!.chunkHash, 8);
  });
}

/** Undefined if the seed has its size, else poa/wrongHashSize. */
export function checkSeed(seed: Bytes): Rejection | undefined {
  return seed.length === SEED_BYTES ? undefined : reject(poaErrors.wrongHashSize, { field: "seed", size: seed.length });
}

function saltedRoot(
  tag: "poa2/out" | "poa2/prm" | "poa2/ctx",
  seed: Bytes,
  count: number,
  dataBytes: number,
  write: (index: number, data: Bytes) => void,
): Bytes {
  const hasher = leafHasher(tag, SALT_BYTES + dataBytes);
  const data = hasher.data.subarray(SALT_BYTES);
  const salt = saltHasher(seed);
  const leaves = new Uint8Array(count * HASH_BYTES);
  for (let i = 0; i < count; i++) {
    hasher.data.set(salt(i).subarray(0, SALT_BYTES));
    write(i, data);
    leaves.set(hasher.hash(), i * HASH_BYTES);
  }
  return hashTree(tag, leaves).root;
}

/** HMAC-SHA256 (RFC 2104) of u32 i, with the key blocks laid out once: validators recompute thousands of salts a batch. */
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
