import { TOKEN_HASH_BYTES, tokenHashes } from "../../attribution/token-hash.js";
import { tokenize, type Tokens } from "../../attribution/tokens.js";
import { readU64be, type Bytes } from "../../bytes.js";
import { isRejection, type Rejection } from "../../rejection.js";

/** Counts pairs of equal tokens, one of an answer and one of its context, as `checkReceipt` does. */
export interface PairCounter {
  readonly contextTokens: number;
  pairsOf(tokens: Tokens): number;
}

/** Rejects, in codespace poa, what does not tokenize. */
export function pairTokens(context: readonly string[]): PairCounter | Rejection {
  const counts = new Map<bigint, number>();
  let contextTokens = 0;
  for (const text of context) {
    const tokens = tokenize(text);
    if (isRejection(tokens)) return tokens;
    contextTokens += tokens.count;
    for (const hash of hashesOf(tokenHashes(tokens))) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  return {
    contextTokens,
    pairsOf(tokens) {
      if (counts.size === 0) return 0; // Nothing to hash for.
      let pairs = 0;
      for (const hash of hashesOf(tokenHashes(tokens))) pairs += counts.get(hash) ?? 0;
      return pairs;
    },
  };
}

function* hashesOf(packed: Bytes): Generator<bigint> {
  for (let at = 0; at < packed.length; at += TOKEN_HASH_BYTES) yield readU64be(packed, at);
}
