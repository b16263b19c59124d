import assert from "node:assert/strict";
import { test } from "node:test";
import { isRejection, type ErrorCode, type Rejection } from "#proto/rejection.js";
import type { Bytes } from "#proto/bytes.js";
import { message } from "#proto/codec/message.js";
import { poaErrors } from "#proto/attribution/errors.js";
import { issueReceipt, issueRequest, type Issued } from "#proto/attribution/issue.js";
import {
  NOTHING_SHOWN,
  PIECES_MAX,
  ruledReceipt,
  showPieces,
  verifyHead,
  type OpenedVoucher,
  type OpeningHead,
} from "#proto/attribution/opening.js";
import { openingParts } from "#proto/attribution/parts.js";
import { receiptTree } from "#proto/attribution/receipt.js";
import { spanKinds, type Span } from "#proto/attribution/rule/receipt.js";
import { leafAt, sumPath, type SumInterval } from "#proto/attribution/sum-tree.js";
import { piecesOf, textRoot } from "#proto/attribution/texts.js";
import { useNatives } from "#node/runtime/natives.js";
import { prose, tokensOf } from "./rule/world.js";
import { ok, refused } from "./world.js";

useNatives();
const chainId = "tributary-dev-1";
const answers = [
  "the river feeds the mill and the mill feeds the town",
  "a ford",
  "water runs from the source to the mouth of it",
];
const issued = answers.map((answer, i): Issued => {
  const request = ok(
    issueRequest({
      ...{ chainId, channelId: 3n, nonce: BigInt(11 + i), height: 40n, datanets: [4n, 9n] },
      texts: [
        { kind: "own", text: "what does the river do for the people of the town" },
        { kind: "marked", text: "a river feeds mills", datanet: 4n },
      ],
      seed: new Uint8Array(32).fill(i),
    }),
  );
  const reply = { versionId: 8n, fee: BigInt(100 * (i + 1)), time: 1_700_000_000_000n, versionDatanets: 2 };
  return ok(issueReceipt(request, { ...reply, added: i === 0 ? ["the mill feeds the town"] : [], answer }));
});
const tree = ok(receiptTree(issued.map(({ receipt }) => receipt)));
const voucher: OpenedVoucher = {
  channelId: 3n,
  afterNonce: 10n,
  nonce: 13n,
  afterAuditSum: 0n,
  afterAuditCount: 0n,
  auditRoot: tree.top.hash,
  auditSum: tree.top.sum,
  auditCount: tree.top.count,
};
const at = { chainId, versionId: 8n, formed: 40n };
const headOf = (index: number): OpeningHead => ({ ...issued[index]!.head, path: sumPath(tree, index) });

test("every honest receipt is verified, with its interval, and read as the rule reads it", () => {
  const intervals = [0, 1, 2].map((index) => ok(verifyHead(voucher, BigInt(index), headOf(index), at)));
  assert.deepEqual(intervals, [
    { from: 0n, to: 100n },
    { from: 100n, to: 300n },
    { from: 300n, to: 600n },
  ] satisfies SumInterval[]);
  assert.deepEqual(
    [0n, 99n, 100n, 299n, 300n, 599n].map((point) => leafAt(tree, point)),
    [0, 0, 1, 1, 2, 2],
  );
  for (const [index, { pieces, receipt }] of issued.entries()) {
    const shown = ok(showPieces(headOf(index), NOTHING_SHOWN, pieces));
    assert.equal(shown.pieces, pieces.length);
    const { time, datanets, spans, answer } = ok(ruledReceipt(headOf(index), pieces, 2));
    assert.deepEqual([time, datanets, answer.length], [40n, [4n, 9n], 8 * receipt.tokens]);
    const kinds = [spanKinds.own, spanKinds.marked, ...(index === 0 ? [spanKinds.added] : [])];
    assert.deepEqual(spans.map(({ kind }) => kind), kinds); // prettier-ignore
    assert.equal(spans[1]!.datanet, 4n);
  }
});

function flipped(bytes: Bytes): Bytes {
  const copy = bytes.slice();
  copy[copy.length - 8]! ^= 1;
  return copy;
}

const honest = headOf(0);
const of = (change: Partial<NonNullable<OpeningHead["receipt"]>>): OpeningHead => ({
  ...honest,
  receipt: { ...honest.receipt!, ...change },
});
const asking = (change: Partial<NonNullable<OpeningHead["request"]>>): OpeningHead => ({
  ...honest,
  request: { ...honest.request!, ...change },
});
const wrongHeads: readonly (readonly [name: string, head: OpeningHead, error: ErrorCode, field?: string])[] = [
  ["no receipt", { ...honest, receipt: undefined }, poaErrors.wrongReceipt, "receipt"],
  ["no request", { ...honest, request: undefined }, poaErrors.wrongReceipt, "request"],
  ["another channel", of({ channelId: 4n }), poaErrors.wrongReceipt, "channel_id"],
  ["another version", of({ versionId: 9n }), poaErrors.wrongReceipt, "version_id"],
  ["a nonce that its place does not allow", of({ nonce: 12n }), poaErrors.wrongReceipt, "nonce"],
  ["another fee", of({ fee: 101n }), poaErrors.wrongSum],
  ["another time", of({ time: 1n }), poaErrors.wrongRoot, "path"],
  ["another root of the answer", of({ outRoot: new Uint8Array(32) }), poaErrors.wrongRoot, "path"],
  ["a request of another chain", asking({ chainId: "other-1" }), poaErrors.wrongRequest, "chain_id"],
  ["a request of another nonce", asking({ nonce: 12n }), poaErrors.wrongRequest, "nonce"],
  ["a request of another channel", asking({ channelId: 4n }), poaErrors.wrongRequest, "channel_id"],
  ["a request that names a later block", asking({ time: 41n }), poaErrors.wrongRequest, "time"],
  ["a request that names another block", asking({ time: 39n }), poaErrors.wrongRoot, "request_hash"],
  ["a request that names another datanet", asking({ datanets: [4n] }), poaErrors.wrongRoot, "request_hash"],
  ["datanets out of order", asking({ datanets: [9n, 4n] }), poaErrors.notSorted, "datanets"],
  ["a short seed", { ...honest, seed: honest.seed.slice(1) }, poaErrors.wrongHashSize, "seed"],
  ["a short path", { ...honest, path: honest.path.slice(1) }, poaErrors.wrongPathLength, "path"],
  ["too many pieces", { ...honest, answerPieces: PIECES_MAX }, poaErrors.tooMany, "pieces"],
  [
    "one changed byte of the path",
    { ...honest, path: honest.path.map((node, i) => (i === 0 ? { ...node, hash: flipped(node.hash) } : node)) },
    poaErrors.wrongRoot,
    "path",
  ],
  [
    "a sibling with another count",
    { ...honest, path: honest.path.map((node) => ({ ...node, count: node.count + 1n })) },
    poaErrors.wrongSiblingCount,
  ],
];
const fieldOf = (value: unknown): unknown => (isRejection(value) ? (value as Rejection).data["field"] : undefined);
for (const [name, head, error, field] of wrongHeads) {
  test(`verifyHead refuses ${name}`, () => {
    const verdict = verifyHead(voucher, 0n, head, at);
    refused(verdict, error);
    if (field !== undefined) assert.equal(fieldOf(verdict), field);
  });
}

test("verifyHead refuses an index beyond the tree", () => {
  const verdict = verifyHead(voucher, 3n, honest, at);
  refused(verdict, poaErrors.wrongReceipt);
  assert.equal(fieldOf(verdict), "index");
});

/** The record of a batch that came after `count` receipts of the tree with `sum` had been redeemed up to `nonce`. */
const after = (count: bigint, sum: bigint, nonce: bigint): OpenedVoucher => ({
  ...voucher,
  afterAuditCount: count,
  afterAuditSum: sum,
  afterNonce: nonce,
});

test("a later batch opens the receipts that it added, under the tree of all", () => {
  const later = after(1n, 100n, 11n);
  assert.deepEqual(ok(verifyHead(later, 1n, headOf(1), at)), { from: 100n, to: 300n });
  assert.deepEqual(ok(verifyHead(later, 2n, headOf(2), at)), { from: 300n, to: 600n });
});

const elsewhere: readonly (readonly [name: string, record: OpenedVoucher, index: number, field: string])[] = [
  ["a receipt that an earlier batch has", after(1n, 100n, 11n), 0, "index"],
  ["a receipt with a nonce of an earlier batch", after(1n, 100n, 12n), 1, "nonce"],
  ["a receipt that begins below what was redeemed", after(1n, 101n, 11n), 1, "interval"],
  ["a receipt whose whole interval was redeemed", after(1n, 300n, 11n), 1, "interval"],
];
for (const [name, record, index, field] of elsewhere) {
  test(`verifyHead refuses ${name}, although it is in the tree that was signed`, () => {
    const verdict = verifyHead(record, BigInt(index), headOf(index), at);
    refused(verdict, poaErrors.wrongReceipt);
    assert.equal(fieldOf(verdict), field);
  });
}

const { pieces } = issued[0]!;
const other = (i: number, piece: Bytes): Bytes[] => pieces.map((each, at_) => (at_ === i ? piece : each));
const wrongPieces: readonly (readonly [name: string, head: OpeningHead, shown: readonly Bytes[], field: string])[] = [
  ["a changed token of the request", honest, other(0, flipped(pieces[0]!)), "text_root"],
  ["a changed token of what was added", honest, other(2, flipped(pieces[2]!)), "added_root"],
  ["a changed token of the answer", honest, other(3, flipped(pieces[3]!)), "out_root"],
  ["texts in another order", honest, [pieces[1]!, pieces[0]!, pieces[2]!, pieces[3]!], "text_root"],
  ["another seed", { ...honest, seed: flipped(honest.seed) }, pieces, "text_root"],
  ["a request without its second text", { ...honest, requestPieces: 1 }, pieces, "text_root"],
  ["a hidden text of the provider", { ...honest, addedPieces: 0 }, other(2, pieces[3]!).slice(0, 3), "added_root"],
  ["a hidden answer", { ...honest, answerPieces: 0 }, pieces.slice(0, 3), "out_root"],
];
for (const [name, head, shown, field] of wrongPieces) {
  test(`showPieces refuses ${name}, all at once and piece by piece`, () => {
    assert.equal(fieldOf(showPieces(head, NOTHING_SHOWN, shown)), field);
    let state = NOTHING_SHOWN;
    let verdict: unknown;
    for (const piece of shown) {
      const next = showPieces(head, state, [piece]);
      if (isRejection(next)) {
        verdict = next;
        break;
      }
      state = next;
    }
    assert.equal(fieldOf(verdict), field);
  });
}

test("showPieces takes pieces in any parts, and none beyond the last", () => {
  for (const size of [1, 2, 3, 4]) {
    let state = NOTHING_SHOWN;
    for (let from = 0; from < pieces.length; from += size) {
      state = ok(showPieces(honest, state, pieces.slice(from, from + size)));
    }
    assert.equal(state.pieces, pieces.length);
    refused(showPieces(honest, state, [pieces[0]!]), poaErrors.tooMany);
  }
  refused(showPieces(honest, NOTHING_SHOWN, [...pieces, pieces[3]!]), poaErrors.tooMany);
});

/** A receipt whose roots are those of any spans: what a provider and a consumer who agree can sign. */
function agreed(asked: readonly Span[], added: readonly Span[], answer: readonly Span[], tokens: number): unknown {
  const lists = [asked, added, answer].map(piecesOf);
  const [requestPieces, addedPieces, answerPieces] = lists.map(({ length }) => length) as [number, number, number];
  const roots = (["poa2/req", "poa2/add", "poa2/ans"] as const).map((tag, i) =>
    ok(textRoot(tag, honest.seed, [asked, added, answer][i]!)),
  );
  const head: OpeningHead = {
    ...honest,
    ...{ requestPieces, addedPieces, answerPieces },
    request: { ...honest.request!, textRoot: roots[0]! },
    receipt: { ...honest.receipt!, addedRoot: roots[1]!, outRoot: roots[2]!, tokens },
  };
  const all = lists.flat();
  ok(showPieces(head, NOTHING_SHOWN, all));
  return ruledReceipt(head, all, 2);
}

test("texts stand where their kind belongs, and the answer has the tokens that the receipt says", () => {
  const span = (kind: Span["kind"], text = "a b c", datanet?: bigint): Span => ({
    kind,
    datanet,
    tokens: tokensOf(text),
  });
  const { own, answered, marked, added } = spanKinds;
  const answer = [span(answered, prose("w", 9))];
  assert.ok(!isRejection(agreed([span(own), span(answered), span(marked, "d e", 4n)], [span(added)], answer, 9)));
  assert.ok(!isRejection(agreed([], [], [], 0)), "nothing asked, nothing said");
  refused(agreed([span(own)], [span(own)], answer, 9), poaErrors.wrongSpan);
  refused(agreed([span(own)], [span(marked, "d e", 4n)], answer, 9), poaErrors.wrongSpan);
  refused(agreed([span(added)], [], answer, 9), poaErrors.wrongSpan);
  refused(agreed([span(own, "a b", 4n)], [], answer, 9), poaErrors.wrongSpan);
  refused(agreed([span(own)], [], [span(own)], 3), poaErrors.wrongSpan);
  refused(agreed([span(own)], [], [...answer, ...answer], 18), poaErrors.wrongSpan);
  refused(agreed([span(own)], [], answer, 8), poaErrors.wrongTokens);
  refused(agreed([{ ...span(own), kind: 6 as never }], [], answer, 9), poaErrors.wrongSpan);
});

test("parts hold all pieces in order, each as large as it may be", () => {
  const codec = message("tributary.attribution.v1.Opening");
  const place = { voucherId: 1n, index: 0n, path: sumPath(tree, 0) };
  for (const bytesMax of [1, 700, 800, 1_000_000]) {
    const parts = openingParts(issued[0]!, place, bytesMax);
    assert.deepEqual(parts.flatMap((part) => part.pieces), pieces); // prettier-ignore
    assert.ok(parts.every(({ head }, i) => (head !== undefined) === (i === 0)));
    for (const part of parts) assert.ok(codec.encode(part).length <= bytesMax || part.pieces.length === 1);
  }
  assert.equal(openingParts(issued[0]!, place, 1).length, pieces.length);
  assert.equal(openingParts(issued[0]!, place, 1_000_000).length, 1);
});

test("receiptTree refuses nonces that do not ascend", () => {
  const [first, second] = issued.map(({ receipt }) => receipt);
  refused(receiptTree([second!, first!]), poaErrors.notSorted);
  refused(receiptTree([first!, first!]), poaErrors.notSorted);
});
