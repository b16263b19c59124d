import assert from "node:assert/strict";
import { test } from "node:test";
import type { Committer, WindowIndex } from "#proto/attribution/lookups.js";
import { poaErrors } from "#proto/attribution/errors.js";
import { checkReceipt } from "#proto/attribution/rule/check.js";
import { groupEqual, idOf } from "#proto/attribution/rule/group.js";
import { BILLIONTHS } from "#proto/amount.js";
import {
  ANSWER_TOKENS_MAX,
  NAMED_DATANETS_MAX,
  REQUEST_TOKENS_MAX,
  SPANS_MAX,
  spanKinds,
  type RuledReceipt,
  type Span,
} from "#proto/attribution/rule/receipt.js";
import { residualReasons } from "#proto/attribution/rule/reasons.js";
import { ruleReceipt } from "#proto/attribution/rule/rule.js";
import { useNatives } from "#node/runtime/natives.js";
import { refused } from "#test/unit/proto/attribution/world.js";
import {
  contesters,
  creditOf,
  factsOf,
  paid,
  payees,
  prose,
  receiptOf,
  Records,
  ruled,
  slice,
  wordsOf,
  type Talk,
  type Work,
  type World,
} from "./world.js";

useNatives();

const LICENSED = 1;
const NAMED = 2;
const OPEN = 3;
const text = prose("w", 40);
const work = (id: number, more: Partial<Work> = {}): Work => ({
  id,
  datanet: LICENSED,
  owner: String.fromCharCode(96 + id),
  texts: [text],
  ...more,
});
function world(works: readonly Work[], more: Partial<World> = {}): World {
  const records = new Records(works);
  records.release(LICENSED);
  return { records, licensed: [LICENSED], open: [OPEN], ...more };
}
const say = (talk: Partial<Talk> = {}): Talk => ({ answer: text, named: [NAMED, OPEN], ...talk });
const all = (size: number, id: number): number[] => new Array<number>(size).fill(id);

test("who is paid for a window", async (t) => {
  const rows: readonly (readonly [name: string, works: readonly Work[], talk: Partial<Talk>, payee: number])[] = [
    ["nobody stands for it", [], {}, 0],
    ["a licensed contribution", [work(5)], {}, 5],
    ["of two licensed ones the most senior", [work(5), work(3)], {}, 3],
    [
      "of two intents in one block the one with the lower index",
      [work(5, { intent: 9, intentIndex: 2 }), work(6, { intent: 9, intentIndex: 1 })],
      {},
      6,
    ],
    ["an intent at the version's height is too late", [work(5, { intent: 100 })], {}, 0],
    ["the last intent before the version", [work(5, { intent: 99 })], {}, 5],
    [
      "an accepted one of a datanet that is named, in marked text",
      [work(5, { datanet: NAMED })],
      { marked: [[text]] },
      5,
    ],
    ["the same in added text", [work(5, { datanet: NAMED })], { added: [text] }, 5],
    ["the same in no context", [work(5, { datanet: NAMED })], {}, 0],
    ["the same, not named", [work(5, { datanet: NAMED })], { added: [text], named: [] }, 0],
    [
      "the version's own datanet need not be named",
      [work(5, { intent: 150, accepted: 160 })],
      { added: [text], named: [] },
      5,
    ],
    ["accepted before the request's block", [work(5, { datanet: NAMED, accepted: 199 })], { added: [text] }, 5],
    ["accepted in the request's block", [work(5, { datanet: NAMED, accepted: 200 })], { added: [text] }, 0],
    ["of an open datanet, under a mark that names it", [work(5, { datanet: OPEN })], { marked: [[text, OPEN]] }, 5],
    ["of an open datanet, under a mark without a name", [work(5, { datanet: OPEN })], { marked: [[text]] }, 0],
    ["by release before context, even if younger", [work(3, { datanet: NAMED }), work(5)], { added: [text] }, 5],
    [
      "by context the most senior",
      [work(3, { datanet: NAMED }), work(5, { datanet: OPEN })],
      { marked: [[text, OPEN]] },
      3,
    ],
    ["what the user's own text holds: nobody", [work(5)], { own: [text] }, 0],
    ["what an earlier answer holds", [work(5)], { answered: [text] }, 5],
  ];
  for (const [name, works, talk, payee] of rows) {
    await t.test(name, () => assert.deepEqual(payees(ruled(say(talk), world(works))), all(40, payee)));
  }
});

test("a token goes to the payee of most windows over it, and in a tie to the most senior", () => {
  const works = [work(5), work(3, { texts: [slice(text, 16, 24)] })];
  // One window of eight words is the older contribution's; no other window is.
  assert.deepEqual(payees(ruled(say(), world(works))), all(40, 5));
  const halves = [work(5, { texts: [slice(text, 0, 20)] }), work(3, { texts: [slice(text, 12)] })];
  const found = payees(ruled(say(), world(halves)));
  assert.deepEqual(found, [...all(15, 5), ...all(25, 3)]); // Over word 15 are four windows of each.
});

test("a run begins at weight 20 and stays within one span", () => {
  const works = [work(5, { datanet: NAMED })];
  const inText = (answer: string, added: readonly string[] = [text]): number[] =>
    payees(ruled(say({ answer, added }), world(works)));
  assert.deepEqual(inText(`${slice(text, 8, 13)} qq`), [...all(5, 5), 0]);
  assert.deepEqual(inText(`${slice(text, 8, 12)} qq`), all(5, 0));
  // The context holds the same words in two spans, four in each.
  assert.deepEqual(inText(slice(text, 8, 16), [slice(text, 0, 12), slice(text, 12)]), all(8, 0));
});

test("covered tokens count for a run: the words behind a window's edge are paid", () => {
  const edited = `${slice(text, 0, 20)} qq`;
  const works = [work(5, { datanet: NAMED, texts: [slice(text, 0, 18), slice(text, 12)] })];
  // Words 18 and 19 are under no recorded window of the answer that is whole there, but stand in the marked text.
  assert.deepEqual(payees(ruled(say({ answer: edited, added: [text] }), world(works))), [...all(20, 5), 0]);
});

test("of runs of equal weight the more senior payee's is taken, and each place once", () => {
  const works = [work(5, { datanet: NAMED }), work(3, { datanet: NAMED, texts: [`a b ${slice(text, 8, 14)} c`] })];
  const answer = `${slice(text, 8, 14)} qq ${slice(text, 8, 14)} rr`;
  const found = payees(ruled(say({ answer, added: [text, `a b ${slice(text, 8, 14)} c`] }), world(works)));
  assert.deepEqual(found, [...all(6, 3), 0, ...all(7, 0)]);
});

test("runs of equal weight that want the same places: the more senior payee's goes first, not the earlier", () => {
  const context = prose("c", 20);
  const works = [
    work(5, { datanet: NAMED, texts: [slice(context, 0, 13)] }),
    work(3, { datanet: NAMED, texts: [slice(context, 8)] }),
  ];
  const answer = `${slice(context, 3, 8)} zz ${slice(context, 5, 10)} qq`;
  const found = payees(ruled(say({ answer, added: [context] }), world(works)));
  assert.deepEqual(found, [5, 5, 0, 0, 0, 0, 5, 5, 5, 3, 3, 0]);
});

test("contested credit: the most senior first committer, older and of another owner, and one pair a contribution", () => {
  const at = (works: readonly Work[], talk: Partial<Talk> = {}) => ({
    pay: paid(say(talk), world(works), 160n),
    by: contesters(ruled(say(talk), world(works))),
  });
  const unlicensed = { datanet: 9 };
  assert.deepEqual(at([work(5), work(3, unlicensed)]).by, all(40, 3));
  assert.deepEqual(at([work(5), work(7, unlicensed)]).by, all(40, 0), "younger");
  assert.deepEqual(at([work(5), work(3, { ...unlicensed, owner: "e" })]).by, all(40, 0), "of the same owner");
  const two = at([
    work(5),
    work(3, { ...unlicensed, texts: [slice(text, 0, 8)] }),
    work(2, { ...unlicensed, texts: [slice(text, 32)] }),
  ]);
  assert.deepEqual(two.by, [...all(8, 3), ...all(24, 0), ...all(8, 2)]);
  assert.deepEqual(creditOf(two.pay, 5), { amount: 160n * BILLIONTHS, contested: 64n * BILLIONTHS, by: 2n });
});

test("credits are exact in billionths: many small fees pay what one large fee pays", () => {
  const answer = `${slice(text, 0, 21)} ${prose("q", 79)}`;
  const small = Array.from({ length: 60 }, () => creditOf(paid(say({ answer }), world([work(5)]), 5n), 5).amount);
  assert.equal(
    small.reduce((sum, amount) => sum + amount, 0n),
    63n * BILLIONTHS,
  ); // 21 % of 300
  assert.equal(creditOf(paid(say({ answer }), world([work(5)]), 300n), 5).amount, 63n * BILLIONTHS);
});

test("an answer without a token, and a token without a reason", () => {
  const { credits, residual } = paid(say({ answer: "" }), world([work(5)]), 7n);
  assert.deepEqual(
    [credits, residual],
    [[], [{ reason: residualReasons.noTokens, tokens: 0, weight: 0, amount: 7n * BILLIONTHS }]],
  );
  const thirds = paid(say({ answer: "a b c" }), world([]), 1n).residual;
  assert.deepEqual(
    thirds.map(({ reason, amount }) => [reason, amount]),
    [[residualReasons.unmatched, BILLIONTHS]],
  );
});

test("look-ups: one a distinct window, and places of those alone whose first committer is not licensed", () => {
  const count = (works: readonly Work[], talk: Partial<Talk> = {}): number => ruled(say(talk), world(works)).lookups;
  assert.equal(count([]), 33);
  assert.equal(count([work(5)]), 33);
  assert.equal(count([work(5)], { answer: `${text} ${text}` }), 33 + 7, "a repeated window costs nothing more");
  const one = 33 * (1 + 3); // Three datanets can be paid, however many contributions have places.
  assert.equal(count([work(3, { datanet: 9, accepted: false }), work(5)]), one);
  assert.equal(count([work(3, { datanet: 9 }), work(5)]), one);
  const crowd = Array.from({ length: 40 }, (_, i) => work(20 + i, { datanet: 20 + i, owner: "x" }));
  assert.equal(count([work(3, { datanet: 9 }), ...crowd]), one);
  assert.equal(count([work(5)], { added: [text] }), 33, "nothing is left to runs");
  assert.equal(
    count([work(5)], { answer: `${text} qq`, added: [text, prose("p", 90)] }),
    34,
    "no run touches the other text",
  );
});

test("the worst receipt: 4,000 tokens of answer, 8,000 of context and 72 datanets are 874,978 look-ups", () => {
  const stranger: Committer = {
    contribution: 1n,
    datanet: 999n,
    owner: new Uint8Array(20),
    intentHeight: 1n,
    intentIndex: 0,
    acceptedHeight: undefined,
  };
  let asked = 0;
  const index: WindowIndex = {
    senior: () => {
      asked++;
      return { committer: stranger, placed: false };
    },
    place: () => {
      asked++;
      return undefined;
    },
  };
  const answer = prose("w", 4_000);
  // Blocks of five words in another order: every place of the context is in a run, and no window is the answer's.
  const block = (i: number): string => slice5(answer, i % 800);
  const context = Array.from({ length: 1_600 }, (_, i) => block(i * (i < 800 ? 7 : 13))).join(" ");
  const facts = factsOf({ records: new Records(), licensed: Array.from({ length: 64 }, (_, i) => i + 1) });
  const talk = { answer, added: [context], named: Array.from({ length: 8 }, (_, i) => 100 + i) };
  const { lookups } = ruleReceipt(receiptOf(talk), { ...facts, index });
  assert.equal(lookups, 874_978);
  assert.equal(asked, lookups);
});

function slice5(of: string, block: number): string {
  return words(of)
    .slice(5 * block, 5 * block + 5)
    .join(" ");
}
const known = new Map<string, string[]>();
function words(of: string): string[] {
  const split = known.get(of) ?? wordsOf(of);
  known.set(of, split);
  return split;
}

test("equal values get one number, whatever the values are", () => {
  const high = Uint32Array.from({ length: 3_000 }, (_, i) => (i % 3 === 0 ? 0xffff_ffff : i % 5));
  const low = Uint32Array.from({ length: 3_000 }, (_, i) => ((i % 7) << 29) >>> 0);
  const groups = groupEqual(high, low);
  for (let i = 0; i < high.length; i++) {
    const id = groups.ids[i]!;
    assert.deepEqual([groups.high[id], groups.low[id]], [high[i], low[i]]);
    assert.equal(idOf(groups, high[i]!, low[i]!), id);
  }
  for (let id = 1; id < groups.high.length; id++) {
    const [a, b] = [groups.low[id - 1]!, groups.low[id]!];
    assert.ok(a < b || (a === b && groups.high[id - 1]! < groups.high[id]!));
  }
  assert.equal(idOf(groups, 9, 9), -1);
  assert.equal(idOf(groupEqual(new Uint32Array(0), new Uint32Array(0)), 0, 0), -1);
});

test("a receipt that is too large or malformed is refused", () => {
  const receipt: RuledReceipt = { time: 1n, datanets: [], spans: [], answer: new Uint8Array(8) };
  const span = (tokens: Uint8Array, more: Partial<Span> = {}): Span => ({
    kind: spanKinds.own,
    datanet: undefined,
    tokens,
    ...more,
  });
  const tokens = (count: number): Uint8Array => new Uint8Array(8 * count);
  const with_ = (more: Partial<RuledReceipt>): unknown => checkReceipt({ ...receipt, ...more }, 1);
  assert.equal(with_({}), undefined);
  const { tooMany } = poaErrors;
  refused(with_({ datanets: new Array<bigint>(NAMED_DATANETS_MAX + 1).fill(1n) }), tooMany);
  refused(with_({ spans: new Array<Span>(SPANS_MAX + 1).fill(span(tokens(0))) }), tooMany);
  refused(with_({ answer: tokens(ANSWER_TOKENS_MAX + 1) }), tooMany);
  refused(with_({ spans: [span(tokens(REQUEST_TOKENS_MAX + 1))] }), tooMany);
  // 2^22 pairs of equal tokens, and one token more.
  const same = (count: number): Span => span(tokens(count), { kind: spanKinds.added });
  assert.equal(with_({ spans: [same(32_768)], answer: tokens(128) }), undefined);
  refused(with_({ spans: [same(32_768)], answer: tokens(129) }), tooMany);
  refused(with_({ spans: [same(32_769)], answer: tokens(128) }), tooMany);
  const quoted = span(tokens(32_769)); // Text that is no context is compared with nothing.
  assert.equal(with_({ spans: [quoted], answer: tokens(128) }), undefined);
  // 2^20 look-ups: 73 for each token of answer and context.
  const datanets = Array.from({ length: NAMED_DATANETS_MAX }, (_, i) => BigInt(i + 100));
  const asks = (count: number): unknown => {
    const context = span(tokens(count).fill(4), { kind: spanKinds.marked });
    return checkReceipt({ ...receipt, datanets, spans: [context], answer: tokens(364) }, 64);
  };
  assert.equal(asks(14_000), undefined);
  refused(asks(14_001), tooMany);
  refused(with_({ answer: new Uint8Array(9) }), poaErrors.notWhole);
  refused(with_({ answer: new Uint8Array(8).fill(3) }), poaErrors.tokenClass);
  refused(with_({ spans: [span(tokens(1), { datanet: 1n })] }), poaErrors.wrongSpan);
  refused(with_({ spans: [span(tokens(1), { kind: 5 as never })] }), poaErrors.wrongSpan);
});
