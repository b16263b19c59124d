import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { poaErrors } from "#proto/attribution/errors.js";
import { EMPTY_FRONTIER, rootOf } from "#proto/attribution/frontier.js";
import { checkRequest, requestCodec, requestHash, type Request } from "#proto/attribution/request.js";
import { checkReceipt } from "#proto/attribution/rule/check.js";
import {
  ANSWER_TOKENS_MAX,
  REQUEST_TOKENS_MAX,
  SPANS_MAX,
  spanKinds,
  type Span,
} from "#proto/attribution/rule/receipt.js";
import {
  answerSpan,
  appendPieces,
  PIECE_BYTES_MAX,
  PIECE_TOKENS,
  piecesOf,
  spansOf,
  textRoot,
  type TextTag,
} from "#proto/attribution/texts.js";
import type { Bytes } from "#proto/bytes.js";
import { useNatives } from "#node/runtime/natives.js";
import { ok, refused } from "./world.js";

useNatives();
const seed = new Uint8Array(32).fill(7);
const tokens = (count: number, fill = 0): Bytes => new Uint8Array(8 * count).fill(fill);
const span = (kind: Span["kind"], count: number, datanet?: bigint): Span => ({
  kind,
  datanet,
  tokens: tokens(count, kind * 4),
});

/** The root of texts that come in parts of at most `size` pieces. */
function inParts(tag: TextTag, pieces: readonly Bytes[], size: number): Bytes {
  let frontier = EMPTY_FRONTIER;
  for (let at = 0; at < pieces.length; at += size) {
    frontier = ok(appendPieces(tag, seed, frontier, pieces.slice(at, at + size)));
  }
  return rootOf(tag, frontier);
}

const texts = fc.array(
  fc.record({
    kind: fc.constantFrom(...Object.values(spanKinds)),
    count: fc.constantFrom(1, 7, PIECE_TOKENS - 1, PIECE_TOKENS, PIECE_TOKENS + 1, 2 * PIECE_TOKENS),
    datanet: fc.option(fc.bigInt(1n, (1n << 64n) - 1n), { nil: undefined }),
  }),
  { maxLength: 6 },
);

test("texts come back from their pieces, and have one root in whatever parts they come", () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 5 }), (rows, size) => {
      const spans = rows.map(({ kind, count, datanet }) => span(kind, count, datanet));
      const pieces = piecesOf(spans);
      assert.deepEqual(ok(spansOf(pieces)), spans);
      assert.deepEqual(inParts("poa2/req", pieces, size), ok(textRoot("poa2/req", seed, spans)));
    }),
    { seed: 11, numRuns: 60 },
  );
});

test("no other texts have the root: order, kind, datanet, tokens, cut, tree and seed are in it", () => {
  const spans = [span(spanKinds.own, 9), span(spanKinds.marked, 9, 4n)];
  const root = ok(textRoot("poa2/req", seed, spans));
  const others: readonly (readonly Span[])[] = [
    [spans[1]!, spans[0]!],
    [{ ...spans[0]!, kind: spanKinds.answered }, spans[1]!],
    [spans[0]!, { ...spans[1]!, datanet: 5n }],
    [spans[0]!, { ...spans[1]!, datanet: undefined }],
    [spans[0]!, { ...spans[1]!, tokens: tokens(8, 12) }],
    [spans[0]!],
    [],
  ];
  for (const other of others) assert.notDeepEqual(ok(textRoot("poa2/req", seed, other)), root);
  assert.notDeepEqual(ok(textRoot("poa2/add", seed, spans)), root);
  assert.notDeepEqual(ok(textRoot("poa2/req", new Uint8Array(32), spans)), root);
  refused(textRoot("poa2/req", new Uint8Array(31), spans), poaErrors.wrongHashSize);
});

test("pieces that no texts have are refused", () => {
  const [first, second] = piecesOf([span(spanKinds.marked, PIECE_TOKENS + 5, 4n)]);
  const head = (piece: Bytes, at: number, value: number): Bytes => {
    const out = piece.slice();
    out[at] = value;
    return out;
  };
  const wrong: readonly (readonly Bytes[])[] = [
    [second!], // It goes on, and there is nothing before it.
    [first!.subarray(0, 9 + 80), second!], // The piece before it is not full.
    [first!, head(second!, 0, spanKinds.own | 0x80)],
    [first!, head(second!, 8, 5)],
    [first!.subarray(0, 9)],
    [first!.subarray(0, 9 + 12)],
    [new Uint8Array(PIECE_BYTES_MAX + 8)],
    [new Uint8Array(0)],
  ];
  for (const pieces of wrong) refused(spansOf(pieces), poaErrors.wrongPiece);
});

test("the largest receipt comes in pieces that a transaction can hold, in a bounded number", () => {
  // Most pieces: as many texts as may be, all but one as short as they can be.
  const short = Array.from({ length: SPANS_MAX - 1 }, () => span(spanKinds.own, 1));
  const spans = [...short, span(spanKinds.answered, REQUEST_TOKENS_MAX - short.length)];
  const answer = tokens(ANSWER_TOKENS_MAX);
  assert.equal(checkReceipt({ time: 1n, datanets: [], spans, answer }, 1), undefined);
  const pieces = [...piecesOf(spans), ...piecesOf([answerSpan(answer)])];
  assert.equal(pieces.length, 1_023 + 32 + 4);
  assert.ok(pieces.every((piece) => piece.length <= PIECE_BYTES_MAX));
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  assert.ok(bytes < 600_000);
});

const request: Request = {
  chainId: "tributary-dev-1",
  channelId: 3n,
  nonce: 8n,
  time: 40n,
  datanets: [2n, 9n],
  textRoot: ok(textRoot("poa2/req", seed, [span(spanKinds.own, 9)])),
};
const want = { chainId: "tributary-dev-1", channelId: 3n, nonce: 8n, formed: 40n };

test("a request is read back from its canonical bytes", () => {
  assert.deepEqual(requestHash(ok(requestCodec.decode(requestCodec.encode(request), 1_000))), requestHash(request));
});

test("a request that fits no receipt is refused", () => {
  assert.equal(checkRequest(request, want), undefined);
  const rows: readonly (readonly [Partial<Request>, Parameters<typeof refused>[1]])[] = [
    [{ chainId: "other-1" }, poaErrors.wrongRequest],
    [{ channelId: 4n }, poaErrors.wrongRequest],
    [{ nonce: 9n }, poaErrors.wrongRequest],
    [{ time: 41n }, poaErrors.wrongRequest], // What is contributed after the answer would be in time.
    [{ datanets: [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n] }, poaErrors.tooMany],
    [{ datanets: [9n, 2n] }, poaErrors.notSorted],
    [{ datanets: [2n, 2n] }, poaErrors.notSorted],
    [{ textRoot: new Uint8Array(31) }, poaErrors.wrongHashSize],
  ];
  for (const [change, error] of rows) refused(checkRequest({ ...request, ...change }, want), error);
});
