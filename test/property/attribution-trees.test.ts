import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { concat, u64be, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { poaErrors } from "#proto/attribution/errors.js";
import { distinctSorted, fingerprintAt, fingerprintCount } from "#proto/attribution/packed.js";
import { receiptLeaf } from "#proto/attribution/receipt.js";
import {
  proveAbsent,
  proveMember,
  setTree,
  verifyAbsent,
  verifyMember,
  type AbsenceProof,
} from "#proto/attribution/set-tree.js";
import { joinSums, sumPath, sumTree, verifySumPath, type SumNode } from "#proto/attribution/sum-tree.js";
import { useNatives } from "#node/runtime/natives.js";
import { ok, refused } from "#test/unit/proto/attribution/world.js";

useNatives();
const U64 = (1n << 64n) - 1n;
const runs = (numRuns: number): fc.Parameters<unknown> => ({ seed: 6_962, numRuns });

const packedSet = (min: number): fc.Arbitrary<Bytes> =>
  fc
    .uniqueArray(fc.bigInt(1n, U64 - 1n), { minLength: min, maxLength: 40 })
    .map((values) => distinctSorted(concat(...values.map(u64be))));

test("property 13, non-membership: holds for absent fingerprints, at both edges and in the empty set", () => {
  fc.assert(
    fc.property(packedSet(0), fc.bigInt(0n, U64), (packed, wanted) => {
      const tree = ok(setTree(packed));
      for (const fingerprint of [wanted, 0n, U64]) {
        const proof = proveAbsent(tree, packed, fingerprint);
        if (proof !== undefined) assert.equal(verifyAbsent(tree.root, fingerprint, proof), undefined);
      }
      for (let i = 0; i < fingerprintCount(packed); i++) {
        const present = fingerprintAt(packed, i);
        assert.equal(verifyMember(tree.root, proveMember(tree, packed, i)), undefined);
        assert.equal(proveAbsent(tree, packed, present), undefined);
      }
    }),
    runs(60),
  );
});

test("property 13, non-membership: fails for present keys, for keys that are not neighbours, for false edges, n = 0 and 1", () => {
  fc.assert(
    fc.property(packedSet(1), (packed) => {
      const tree = ok(setTree(packed));
      const count = fingerprintCount(packed);
      const place = (i: number) => (i < 0 || i >= count ? undefined : proveMember(tree, packed, i));
      const fails = (fingerprint: bigint, proof: AbsenceProof): void =>
        assert.ok(isRejection(verifyAbsent(tree.root, fingerprint, proof)));
      for (let i = 0; i < count; i++) {
        const present = fingerprintAt(packed, i);
        for (const [left, right] of [
          [i - 1, i + 1],
          [i - 1, i],
          [i, i + 1],
        ] as const) {
          fails(present, { left: place(left), right: place(right) });
        }
      }
      fails(0n, { left: undefined, right: undefined });
      if (count > 1) {
        fails(0n, { left: undefined, right: place(1) }); // not the first
        fails(U64, { left: place(count - 2), right: undefined }); // not the last
      }
      const empty = ok(setTree(new Uint8Array(0)));
      assert.ok(isRejection(verifyAbsent(empty.root, 5n, { left: undefined, right: place(0) })));
      // A count that is not the root's moves the edge.
      const last = place(count - 1)!;
      fails(U64, { left: { ...last, count: last.count - 1n, index: last.index - 1n }, right: undefined });
      fails(U64, { left: { ...last, count: last.count + 1n }, right: undefined });
    }),
    runs(60),
  );
});

test("property 14, second preimage: no node stands for a leaf, no leaf for a node, no tree for another's root", () => {
  fc.assert(
    fc.property(packedSet(4), (packed) => {
      const tree = ok(setTree(packed));
      const count = BigInt(tree.count);
      const entry = proveMember(tree, packed, 0);
      // Two leaf hashes as data of one leaf: the 64-byte attack on trees without prefixes.
      const pair = concat(...[0, 1].map((i) => tree.levels[0]!.subarray(32 * i, 32 * i + 32)));
      const asLeaf = sha256(Uint8Array.of(0), utf8("poa2/set"), pair);
      const asNode = sha256(Uint8Array.of(1), pair);
      assert.notDeepEqual(asLeaf, asNode);
      assert.deepEqual(tree.levels[1]!.subarray(0, 32), asNode);
      // A shorter path under a smaller count, and the same leaf in a tree of another tag.
      refused(verifyMember(tree.root, { ...entry, path: entry.path.slice(1) }), poaErrors.wrongPathLength);
      assert.ok(
        isRejection(verifyMember(tree.root, { ...entry, count: (count + 1n) / 2n, path: entry.path.slice(1) })),
      );
      assert.notDeepEqual(sha256(Uint8Array.of(2), utf8("poa2/req"), u64be(count), tree.levels.at(-1)!), tree.root);
    }),
    runs(40),
  );
});

const receiptLeaves = (fees: readonly bigint[]): SumNode[] =>
  fees.map((fee, i) => receiptLeaf(fee, sha256(u64be(BigInt(i)))));
const feeLists = fc.array(fc.bigInt(0n, 1n << 56n), { minLength: 1, maxLength: 33 });

test("a sum proof gives the interval of its leaf, and fails for every other index, path and top", () => {
  fc.assert(
    fc.property(feeLists, fc.nat(), (fees, pick) => {
      const leaves = receiptLeaves(fees);
      const { top, levels } = ok(sumTree(leaves));
      const index = pick % fees.length;
      const before = fees.slice(0, index).reduce((sum, fee) => sum + fee, 0n);
      const path = sumPath({ top, levels }, index);
      const at = (place: bigint) => verifySumPath(top, leaves[index]!, place, path);
      assert.deepEqual(ok(at(BigInt(index))), { from: before, to: before + fees[index]! });
      for (let other = 0n; other < top.count; other++) if (other !== BigInt(index)) assert.ok(isRejection(at(other)));
      refused(at(top.count), poaErrors.wrongIndex);
      refused(at(-1n), poaErrors.wrongIndex);
      for (const claimed of [
        { ...top, sum: top.sum + 1n },
        { ...top, count: top.count + 1n },
        { ...top, hash: new Uint8Array(32) },
      ]) {
        assert.ok(isRejection(verifySumPath(claimed, leaves[index]!, BigInt(index), path)));
      }
    }),
    runs(60),
  );
});

test("property 15, broken sum: a parent with another sum than its children's fails, the maximum above all", () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt(1n, 1n << 50n), { minLength: 2, maxLength: 16 }), (fees) => {
      const leaves = receiptLeaves(fees);
      const tree = ok(sumTree(leaves));
      const [left, right] = tree.levels.at(-2)! as [SumNode, SumNode];
      // The prover of a tree that hashes only the total could claim any sum from the maximum to the total.
      const largest = left.sum > right.sum ? left.sum : right.sum;
      const top = { ...tree.top, sum: largest };
      refused(verifySumPath(top, leaves[0]!, 0n, sumPath(tree, 0)), poaErrors.wrongSum);
      for (const [i, sibling] of sumPath(tree, 0).entries()) {
        for (const sum of [0n, largest, sibling.sum + 1n]) {
          if (sum === sibling.sum) continue;
          const path = sumPath(tree, 0).map((node, j) => (j === i ? { ...node, sum } : node));
          assert.ok(isRejection(verifySumPath(tree.top, leaves[0]!, 0n, path)));
          // Even when the signed top's sum is moved along, the hash holds the children's sums.
          const moved = { ...tree.top, sum: tree.top.sum - sibling.sum + sum };
          assert.ok(isRejection(verifySumPath(moved, leaves[0]!, 0n, path)));
        }
      }
    }),
    runs(60),
  );
});

test("property 16, overflow: sums and counts above 64 bits are refused, never wrapped", () => {
  const node = (sum: bigint, count: bigint): SumNode => ({ hash: new Uint8Array(32), sum, count });
  fc.assert(
    fc.property(fc.bigInt(0n, U64), fc.bigInt(0n, U64), (a, b) => {
      for (const joined of [joinSums(node(a, 1n), node(b, 1n)), joinSums(node(1n, a), node(1n, b))]) {
        if (a + b > U64) refused(joined, poaErrors.overflow);
        else assert.ok(!isRejection(joined));
      }
      const tree = sumTree(receiptLeaves([a, b]));
      assert.equal(isRejection(tree), a + b > U64);
    }),
    runs(100),
  );
  const leaf = receiptLeaf(2n, new Uint8Array(32));
  const wrapping = node(U64, 1n);
  refused(verifySumPath({ ...node(1n, 2n) }, leaf, 0n, [wrapping]), poaErrors.overflow);
  refused(verifySumPath({ ...node(1n, 2n) }, leaf, 0n, [node(U64 + 1n, 1n)]), poaErrors.overflow);
});
