import { tokenRanges } from "../../attribution/ranges.js";
import { tokenHashes, TOKEN_HASH_BYTES } from "../../attribution/token-hash.js";
import { tokenize } from "../../attribution/tokens.js";
import { toHex, utf8, utf8Text, type Bytes } from "../../bytes.js";
import { isRejection, type Rejection } from "../../rejection.js";

/**
 * Words by the hash that an opened receipt shows of them: who has a text can read its words in answers. Only hashes are
 * published; a word that no text of one's own has stays a hash.
 */
export type KnownWords = ReadonlyMap<string, string>;

/** A longer one is no word: finding its tokens takes its length squared. */
const WORD_MAX = 256;

/** The words of a text as it writes them, added to those that are known. Rejects what is no text of tokens. */
export function withText(known: KnownWords, text: string): KnownWords | Rejection {
  const whole = tokenize(text);
  if (isRejection(whole)) return whole;
  const all = new Map(known);
  for (const word of new Set(text.split(/\s+/u))) {
    if (word.length > WORD_MAX) continue;
    const [tokens, ranges] = [tokenize(word), tokenRanges(word)];
    if (isRejection(tokens) || isRejection(ranges)) continue;
    const hashes = tokenHashes(tokens);
    const bytes = utf8(word);
    for (const [i, { from, to }] of ranges.entries()) {
      const name = hashAt(hashes, i);
      if (!all.has(name)) all.set(name, utf8Text(bytes.subarray(from, to)) ?? "");
    }
  }
  return all;
}

/** The token at an index of an opened answer; undefined for one that is not known. */
export function wordAt(known: KnownWords, answer: Bytes, index: number): string | undefined {
  return known.get(hashAt(answer, index));
}

const hashAt = (hashes: Bytes, index: number): string =>
  toHex(hashes.subarray(index * TOKEN_HASH_BYTES, (index + 1) * TOKEN_HASH_BYTES));
