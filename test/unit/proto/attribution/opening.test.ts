import assert from "node:assert/strict";
import { test } from "node:test";
import type { ErrorCode } from "#proto/rejection.js";
import { poaErrors } from "#proto/attribution/errors.js";

import { issueReceipt } from "#proto/attribution/issue.js";
import { verifyOpening, type OpenedVoucher, type Opening } from "#proto/attribution/opening.js";
import { receiptTree } from "#proto/attribution/receipt.js";
import { leafAt, sumPath } from "#proto/attribution/sum-tree.js";
import { ok, refused } from "./world.js";

const answers = [
  "the river feeds the mill and the mill feeds the town",
  "a ford",
  "water runs from the source to the mouth of it",
];
const issued = answers.map((answer, i) =>
  ok(
    issueReceipt({
      channelId: 3n,
      nonce: BigInt(11 + i),
      versionId: 8n,
      fee: BigInt(100 * (i + 1)),
      time: 1_700_000_000_000n,
      seed: new Uint8Array(32).fill(i),
      prompt: "what does the river do for the people of the town",
      answer,
      context: i === 0 ? [{ contributionId: 5n, chunkHash: new Uint8Array(32).fill(9) }] : [],
    }),
  ),
);
const tree = ok(receiptTree(issued.map(({ receipt }) => receipt)));
const voucher: OpenedVoucher = { channelId: 3n, versionId: 8n, afterNonce: 10n, nonce: 13n, top: tree.top };

function openingOf(index: number): Opening {
  const { receipt, tokens, promptTokens } = issued[index]!;
  return {
    voucherId: 1n,
    index: BigInt(index),
    receipt,
    seed: new Uint8Array(32).fill(index),
    tokens,
    promptTokens,
    context: index === 0 ? [{ contributionId: 5n, chunkHash: new Uint8Array(32).fill(9) }] : [],
    path: sumPath(tree, index),
  };
}

test("verifyOpening accepts every honest opening, with its interval and its lists", () => {
  const intervals = [0, 1, 2].map((index) => ok(verifyOpening(voucher, openingOf(index))).interval);
  assert.deepEqual(intervals, [
    { from: 0n, to: 100n },
    { from: 100n, to: 300n },
    { from: 300n, to: 600n },
  ]);
  assert.deepEqual(
    [0n, 99n, 100n, 299n, 300n, 599n].map((point) => leafAt(tree, point)),
    [0, 0, 1, 1, 2, 2],
  );
  const first = ok(verifyOpening(voucher, openingOf(0)));
  assert.deepEqual(first.context, [5n]);
  assert.equal(honest.tokens.length, 8 * first.receipt.tokens);
  assert.equal(first.fingerprints.length, 8 * (first.receipt.tokens - 7));
  // Too short for a window.
  assert.equal(ok(verifyOpening(voucher, openingOf(1))).fingerprints.length, 0);
});

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy[copy.length - 8]! ^= 1;
  return copy;
}

const honest = openingOf(0);
const refusals: { name: string; opening: Opening; error: ErrorCode; field?: string }[] = [
  { name: "no receipt", opening: { ...honest, receipt: undefined }, error: poaErrors.wrongReceipt },
  {
    name: "another channel",
    opening: { ...honest, receipt: { ...honest.receipt!, channelId: 4n } },
    error: poaErrors.wrongReceipt,
    field: "channel_id",
  },
  {
    name: "another version",
    opening: { ...honest, receipt: { ...honest.receipt!, versionId: 9n } },
    error: poaErrors.wrongReceipt,
    field: "version_id",
  },
  {
    name: "a nonce that its place does not allow",
    opening: { ...honest, receipt: { ...honest.receipt!, nonce: 12n } },
    error: poaErrors.wrongReceipt,
    field: "nonce",
  },
  {
    name: "another fee",
    opening: { ...honest, receipt: { ...honest.receipt!, fee: 101n } },
    error: poaErrors.wrongSum,
  },
  {
    name: "another time",
    opening: { ...honest, receipt: { ...honest.receipt!, time: 1n } },
    error: poaErrors.wrongRoot,
    field: "path",
  },
  {
    name: "one changed byte of the tokens",
    opening: { ...honest, tokens: flipped(honest.tokens) },
    error: poaErrors.wrongRoot,
    field: "tokens",
  },
  {
    name: "a token of no class",
    opening: { ...honest, tokens: honest.tokens.map((byte, i) => (i === 7 ? byte | 3 : byte)) },
    error: poaErrors.tokenClass,
    field: "tokens",
  },
  {
    name: "a torn token",
    opening: { ...honest, tokens: honest.tokens.slice(1) },
    error: poaErrors.notWhole,
  },
  {
    name: "a missing token",
    opening: { ...honest, tokens: honest.tokens.slice(8) },
    error: poaErrors.wrongTokens,
  },
  {
    name: "one changed byte of the prompt",
    opening: { ...honest, promptTokens: flipped(honest.promptTokens) },
    error: poaErrors.wrongRoot,
    field: "prompt_tokens",
  },
  {
    name: "a hidden prompt",
    opening: { ...honest, promptTokens: new Uint8Array(0) },
    error: poaErrors.wrongRoot,
  },
  { name: "hidden context", opening: { ...honest, context: [] }, error: poaErrors.wrongRoot, field: "context" },
  {
    name: "context of another contribution",
    opening: { ...honest, context: [{ ...honest.context[0]!, contributionId: 6n }] },
    error: poaErrors.wrongRoot,
    field: "context",
  },
  {
    name: "another seed",
    opening: { ...honest, seed: flipped(honest.seed) },
    error: poaErrors.wrongRoot,
    field: "tokens",
  },
  { name: "a short seed", opening: { ...honest, seed: honest.seed.slice(1) }, error: poaErrors.wrongHashSize },
  { name: "a short path", opening: { ...honest, path: honest.path.slice(1) }, error: poaErrors.wrongPathLength },
  {
    name: "one changed byte of the path",
    opening: {
      ...honest,
      path: honest.path.map((node, i) => (i === 0 ? { ...node, hash: flipped(node.hash) } : node)),
    },
    error: poaErrors.wrongRoot,
    field: "path",
  },
  {
    name: "a sibling with another count",
    opening: { ...honest, path: honest.path.map((node) => ({ ...node, count: node.count + 1n })) },
    error: poaErrors.wrongSiblingCount,
  },
  { name: "an index beyond the tree", opening: { ...honest, index: 3n }, error: poaErrors.wrongReceipt },
];
for (const { name, opening, error, field } of refusals) {
  test(`verifyOpening refuses ${name}`, () => {
    const verdict = verifyOpening(voucher, opening);
    refused(verdict, error);
    if (field !== undefined) assert.equal("data" in verdict ? verdict.data["field"] : undefined, field);
  });
}

test("receiptTree refuses nonces that do not ascend", () => {
  const [first, second] = issued.map(({ receipt }) => receipt);
  refused(receiptTree([second!, first!]), poaErrors.notSorted);
  refused(receiptTree([first!, first!]), poaErrors.notSorted);
});
