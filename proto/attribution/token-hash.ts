import { concat, utf8, type Bytes } from "../bytes.js";
import { sha256 } from "../crypto/hash.js";
import { reject, type Rejection } from "../rejection.js";
import { poaErrors } from "./errors.js";
import { checkPacked } from "./packed.js";
import { TOKEN_WEIGHTS, type Tokens } from "./tokens.js";

/**
 * th = first 8 bytes of SHA-256("poa2/tok" || u8 normId || UTF-8 token), the two lowest bits of its last byte replaced by
 * the token's class (README). Lists are packed: 8 bytes each, in the order of the text.
 */
export const TOKEN_HASH_BYTES = 8;
/** The text profile: look-alikes, tokens, weights and windows of README. */
export const NORM_ID = 2;
const CLASS_MASK = 3;

/** Undefined for a known text profile, else poa/unknownProfile. */
export function checkProfile(normId: number): Rejection | undefined {
  return normId === NORM_ID ? undefined : reject(poaErrors.unknownProfile, { normId });
}

/** The packed hashes of all tokens. */
export function tokenHashes(tokens: Tokens): Bytes {
  const out = new Uint8Array(tokens.count * TOKEN_HASH_BYTES);
  const head = concat(utf8("poa2/tok"), Uint8Array.of(NORM_ID));
  let buffer = concat(head, new Uint8Array(256));
  for (let i = 0; i < tokens.count; i++) {
    const token = tokens.bytes.subarray(tokens.starts[i]!, tokens.starts[i + 1]!);
    const size = head.length + token.length;
    if (size > buffer.length) buffer = concat(head, new Uint8Array(2 * size));
    buffer.set(token, head.length);
    const at = i * TOKEN_HASH_BYTES;
    out.set(sha256(buffer.subarray(0, size)).subarray(0, TOKEN_HASH_BYTES), at);
    const last = at + TOKEN_HASH_BYTES - 1;
    out[last] = (out[last]! & ~CLASS_MASK) | tokens.classes[i]!;
  }
  return out;
}

/** Weight of the token at an index of a checked list. */
export function weightAt(hashes: Bytes, index: number): number {
  return TOKEN_WEIGHTS[hashes[index * TOKEN_HASH_BYTES + TOKEN_HASH_BYTES - 1]! & CLASS_MASK]!;
}

/**
 * Undefined if the packed list has whole hashes of known classes, at most `max`; else poa/notWhole, tooMany or
 * tokenClass.
 * @param field name for the rejection
 */
export function checkTokenHashes(field: string, hashes: Bytes, max: number): Rejection | undefined {
  const refusal = checkPacked(field, hashes, max);
  if (refusal !== undefined) return refusal;
  for (let at = TOKEN_HASH_BYTES - 1; at < hashes.length; at += TOKEN_HASH_BYTES) {
    if ((hashes[at]! & CLASS_MASK) >= TOKEN_WEIGHTS.length) {
      return reject(poaErrors.tokenClass, { field, index: (at + 1) / TOKEN_HASH_BYTES - 1 });
    }
  }
  return undefined;
}
