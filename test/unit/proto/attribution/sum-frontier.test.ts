import assert from "node:assert/strict";
import { test } from "node:test";
import { u64be } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { poaErrors } from "#proto/attribution/errors.js";
import { U64_MAX } from "#proto/attribution/limits.js";
import { receiptLeaf } from "#proto/attribution/receipt.js";
import { appendSum, EMPTY_SUM_FRONTIER, topOf, type SumFrontier } from "#proto/attribution/sum-frontier.js";
import { EMPTY_SUM, sumTree } from "#proto/attribution/sum-tree.js";
import { ok, refused } from "./world.js";

const leaf = (i: number, fee = BigInt(i * 7)) => receiptLeaf(fee, sha256(u64be(BigInt(i))));

test("a frontier of any number of leaves has the top of their tree, and at most a node for each bit", () => {
  const leaves = Array.from({ length: 131 }, (_, i) => leaf(i));
  let frontier: SumFrontier = EMPTY_SUM_FRONTIER;
  assert.deepEqual(topOf(frontier), EMPTY_SUM);
  for (const [i, each] of leaves.entries()) {
    frontier = ok(appendSum(frontier, each));
    assert.deepEqual(topOf(frontier), ok(sumTree(leaves.slice(0, i + 1))).top);
    assert.ok(frontier.length <= (i + 1).toString(2).length);
  }
});

test("a sum above 64 bits is refused, whichever nodes it is between", () => {
  const full = ok(appendSum(EMPTY_SUM_FRONTIER, leaf(1, U64_MAX)));
  refused(appendSum(full, leaf(2, 1n)), poaErrors.overflow);
  const three = [leaf(1, U64_MAX - 2n), leaf(2, 1n), leaf(3, 1n)].reduce<SumFrontier>(
    (edge, each) => ok(appendSum(edge, each)),
    EMPTY_SUM_FRONTIER,
  );
  refused(appendSum(three, leaf(4, 1n)), poaErrors.overflow);
  ok(appendSum(three, leaf(4, 0n)));
});
