import { assert } from "../assert.js";
import { ADDRESS_BYTES } from "../crypto/address.js";
import { domains } from "../crypto/domains.js";
import { HASH_BYTES, tagged } from "../crypto/hash.js";
import type { Bytes } from "../bytes.js";

/**
 * The content of a commitment, revealed later by MsgContribute. All parts have fixed sizes, so the concatenation is
 * unambiguous.
 */
export interface Intent {
  readonly fpRoot: Bytes;
  readonly contentRoot: Bytes;
  /** 20 bytes. */
  readonly owner: Bytes;
  /** 32 random bytes. Without them anyone could find a guessable text from its commitment. */
  readonly nonce: Bytes;
}

/**
 * SHA-256("tributary/intent/1" || fp_root || content_root || owner || nonce), 32 bytes. The place of a commitment in
 * the chain decides seniority.
 */
export function intentCommitment({ fpRoot, contentRoot, owner, nonce }: Intent): Bytes {
  assert(fpRoot.length === HASH_BYTES && contentRoot.length === HASH_BYTES, "a root is not 32 bytes");
  assert(owner.length === ADDRESS_BYTES && nonce.length === HASH_BYTES, "owner is not 20 or nonce not 32 bytes");
  return tagged(domains.intent, fpRoot, contentRoot, owner, nonce);
}
