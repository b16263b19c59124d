import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { answerSpan } from "#proto/attribution/texts.js";
import { countedTokens } from "#proto/attribution/counted.js";
import { printText } from "#proto/attribution/fingerprint.js";
import { matchTokens, pairsOf } from "#proto/attribution/rule/match.js";
import { spanKinds } from "#proto/attribution/rule/receipt.js";
import { cutPieces } from "#proto/exchange/openai/cuts.js";
import { AnswerMeter, type AnswerLimits } from "#proto/exchange/openai/meter.js";
import { useNatives } from "#node/runtime/natives.js";
import { ok } from "#test/unit/proto/attribution/world.js";

useNatives();

/** What splits, joins, composes, reorders, is deleted, expands, looks like another or stands alone. */
const SYMBOLS = [
  ..."ab1 Il|O0\n\t,.'\u2019<=>`^~_-\"(){}é",
  ...["\u0301", "\u0338", "\u0327", "\u3099", "\u20dd", "\u200d", "\u00ad", "\u034f", "\ufe0f"],
  ...["漢", "字", "一", "丨", "〇", "か", "カ", "ロ", "口", "ー", "ﾞ", "한", "글", "각", "\u1100", "\u1161", "\u11a8"],
  ...["ไ", "ท", "ย", "ุ", "ำ", "\u0e48", "ສ", "ក", "မ", "ﷺ", "ﬁ", "½", "¨", "𝐀", "𠀀", "😀", "٣", "\u{10ffff}"],
];
const text = fc.array(fc.constantFrom(...SYMBOLS), { maxLength: 40 }).map((symbols) => symbols.join(""));
const chunks = fc.array(text, { maxLength: 12 });
const limits: AnswerLimits = {
  prices: { pricePerCall: 1n, pricePerInputToken: 1n, pricePerOutputToken: 1n },
  ...{ feeMax: 1_000_000n, input: 10n, context: [], datanets: 1, answerTokens: undefined },
};

test("an answer in chunks has the tokens, and the pairs with its context, of the whole text", () => {
  fc.assert(
    fc.property(chunks, fc.array(text, { maxLength: 3 }), (parts, context) => {
      const meter = ok(AnswerMeter.of({ ...limits, context }));
      for (const part of parts) assert.ok(meter.add(part));
      const whole = parts.join("");
      assert.equal(meter.text, whole);
      assert.equal(BigInt(meter.tokens), ok(countedTokens([], [], whole)).output);
      const spans = context.map((each) => ({ ...answerSpan(ok(printText(each)).tokens), kind: spanKinds.added }));
      const ruled = { time: 1n, datanets: [], spans, answer: ok(printText(whole)).tokens };
      assert.equal(meter.pairs, pairsOf(matchTokens(ruled)));
    }),
    { seed: 14, numRuns: 3_000 },
  );
});

test("pieces at cuts have the tokens of the whole, whatever the text", () => {
  fc.assert(
    fc.property(text, (whole) => {
      const pieces = [...cutPieces(whole)];
      assert.equal(pieces.join(""), whole);
      const sum = pieces.reduce((all, piece) => all + ok(countedTokens([], [], piece)).output, 0n);
      assert.equal(sum, ok(countedTokens([], [], whole)).output);
    }),
    { seed: 14, numRuns: 3_000 },
  );
});

test("whatever was let out can be paid: a cut answer never exceeds its fee, whole or in chunks", () => {
  fc.assert(
    fc.property(chunks, fc.bigInt(11n, 40n), (parts, feeMax) => {
      const streamed = ok(AnswerMeter.of({ ...limits, feeMax }));
      for (const part of parts) if (!streamed.add(part)) break;
      const plain = ok(AnswerMeter.of({ ...limits, feeMax }));
      const fits = plain.addWhole(parts.join(""));
      const count = (said: string): bigint => ok(countedTokens([], [], said)).output;
      for (const { text: said } of [streamed, plain]) assert.ok(11n + count(said) <= feeMax, said);
      assert.equal(fits, plain.text === parts.join(""));
      assert.ok(parts.join("").startsWith(plain.text) && plain.text.length >= streamed.text.length - 40);
    }),
    { seed: 14, numRuns: 1_000 },
  );
});
