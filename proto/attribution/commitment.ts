import { assert } from "../assert.js";
import { ADDRESS_BYTES } from "../crypto/address.js";
import { domains } from "../crypto/domains.js";
import { HASH_BYTES, tagged } from "../crypto/hash.js";
import type { Bytes } from "../bytes.js";

/** What an intent commits to before it is shown. Every part has a fixed size, so the concatenation has one reading. */
export interface Intent {
  readonly fpRoot: Bytes;
  readonly contentRoot: Bytes;
  /** 20 bytes. */
  readonly owner: Bytes;
  /** 32 random bytes: without them a guessable text could be found from its commitment. */
  readonly nonce: Bytes;
}

/** SHA-256("tributary/intent/1" || fp_root || content_root || owner || nonce). Priority is the commitment's place in the chain. */
export function intentCommitment({ fpRoot, contentRoot, owner, nonce }: Intent): Bytes {
  assert(fpRoot.length === HASH_BYTES && contentRoot.length === HASH_BYTES, "a root is not 32 bytes");
  assert(owner.length === ADDRESS_BYTES && nonce.length === HASH_BYTES, "owner is not 20 or nonce not 32 bytes");
  return tagged(domains.intent, fpRoot, contentRoot, owner, nonce);
}
