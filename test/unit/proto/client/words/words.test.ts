import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_PAID, pay } from "./pays.js";
import { tokenRanges } from "#proto/attribution/ranges.js";
import { tokenHashes } from "#proto/attribution/token-hash.js";
import { tokenize } from "#proto/attribution/tokens.js";
import { isRejection } from "#proto/rejection.js";
import { answerPieces, payMark, reasonMark } from "#proto/client/words/answer.js";
import { wordAt, withText, type KnownWords } from "#proto/client/words/known.js";

const answer = "The river, at night, took «the bridge» away.\n";

test("the pieces of an answer are the answer", () => {
  const ranges = tokenRanges(answer);
  assert.ok(!isRejection(ranges));
  const decided = ranges.map((_, at) => (at < 2 ? pay(7n) : at < 4 ? pay(7n, 3n) : NOTHING_PAID));
  const pieces = answerPieces(answer, decided, ranges);
  assert.equal(pieces.map(({ text }) => text).join(""), answer);
  const paid = pieces.filter((piece) => piece.pay !== undefined);
  assert.deepEqual(
    paid.map(({ pay: of }) => [of?.payee, of?.contester, of?.reason]),
    [
      [7n, undefined, 0],
      [7n, 3n, 0],
      [undefined, undefined, 4],
    ],
  );
  assert.deepEqual(
    [reasonMark(4), reasonMark(99), payMark(7n, undefined), payMark(7n, 3n)],
    ["nobody", "reason 99", "7", "7 contested by 3"],
  );
});

test("words of an opened answer are known from texts that have them", () => {
  const none: KnownWords = new Map();
  const known = withText(none, "At NIGHT the river sleeps");
  assert.ok(!isRejection(known));
  const tokens = tokenize(answer);
  assert.ok(!isRejection(tokens));
  const hashes = tokenHashes(tokens);
  const words = Array.from({ length: tokens.count }, (_, at) => wordAt(known, hashes, at));
  assert.deepEqual(words.slice(0, 5), ["the", "river", "At", "NIGHT", undefined]);
  assert.equal(none.size, 0, "the words that were known before are not changed");
  assert.equal(wordAt(known, hashes, tokens.count), undefined);
});
