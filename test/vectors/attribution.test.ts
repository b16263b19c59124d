import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { answerDigest } from "#proto/attribution/answer.js";
import { intentCommitment } from "#proto/attribution/commitment.js";
import { creditTree } from "#proto/attribution/credit-tree.js";
import { creditBatch, type Holder } from "#proto/attribution/credit.js";
import { printText, type TextPrint } from "#proto/attribution/fingerprint.js";
import { distinctSorted, fingerprintAt, fingerprintCount } from "#proto/attribution/packed.js";
import { contextRoot, outputRoot, promptRoot } from "#proto/attribution/output-tree.js";
import { receiptHash, receiptLeaf, type Receipt } from "#proto/attribution/receipt.js";
import { sampleBatch, sampledShare, samplePoint } from "#proto/attribution/sample.js";
import { setRoot, setTree } from "#proto/attribution/set-tree.js";
import { sumPath, sumTree, verifySumPath } from "#proto/attribution/sum-tree.js";
import { voucherDigest, type Voucher } from "#proto/attribution/voucher.js";

const PREAMBLE = "We the People of the United States, in Order to form a more perfect Union, establish Justice";
const OUTPUT = "It says: we the people of the united states -- in ORDER to form a club.";

function ok<T>(value: T | Rejection): T {
  assert.ok(!isRejection(value), isRejection(value) ? value.name : "");
  return value as T;
}
const print = (text: string): TextPrint => ok(printText(text));
const receipts = [1000n, 250n, 3750n].map((fee, i) => receiptLeaf(fee, sha256(utf8("abc"[i]!))));

test("a contribution's tokens, fingerprints and set root", () => {
  const { tokens, fingerprints } = print(PREAMBLE);
  assert.equal(tokens.length / 8, 17);
  assert.equal(fingerprintCount(fingerprints), 10);
  assert.equal(toHex(fingerprints.subarray(0, 8)), "85cc99d694cc9731");
  assert.equal(toHex(fingerprints.subarray(72, 80)), "b4bfc5de4942f10f");
  assert.equal(
    toHex(ok(setRoot(distinctSorted(fingerprints)))),
    "a5085500a0563b711b7dbbcb11d414114f54c1d9b58e6a1461a1181e1d9b2b4f",
  );
});

test("an answer's output root and the windows that the contribution holds", () => {
  const { tokens, fingerprints } = print(OUTPUT);
  assert.equal(tokens.length / 8, 15);
  assert.equal(fingerprintCount(fingerprints), 8);
  assert.equal(
    toHex(ok(outputRoot(new Uint8Array(32).fill(7), tokens))),
    "81186644a5215ba20f6f0719345cd33724a7fb360fc5ceeea2c39f469e00544c",
  );
  const held = new Set<bigint>();
  const set = print(PREAMBLE).fingerprints;
  for (let i = 0; i < fingerprintCount(set); i++) held.add(fingerprintAt(set, i));
  const matched = Array.from({ length: 8 }, (_, i) => i).filter((i) => held.has(fingerprintAt(fingerprints, i)));
  assert.deepEqual(matched, [2, 3, 4, 5, 6]);
});

test("three receipts' sum node, and the receipts at the sample points", () => {
  const tree = ok(sumTree(receipts));
  assert.equal(toHex(tree.top.hash), "381d2bbd85b29eb683b98a8b12b375375f7dd614a154a0094b8f136c4f0aa708");
  assert.deepEqual([tree.top.sum, tree.top.count], [5000n, 3n]);

  const beacon = new Uint8Array(32).fill(9);
  const points = [0, 1, 2, 3].map((draw) => samplePoint(beacon, 42n, draw, 5000n));
  assert.deepEqual(points, [398n, 3685n, 2463n, 102n]);
  const intervals = receipts.map((leaf, i) => ok(verifySumPath(tree.top, leaf, BigInt(i), sumPath(tree, i))));
  const found = points.map((point) => intervals.findIndex(({ from, to }) => from <= point && point < to));
  assert.deepEqual(found, [0, 2, 2, 0]);

  // The same through vouchers: three of one receipt each, 25 receipts counted, so that q = 4.
  const vouchers = [1000n, 250n, 3750n].map((auditSum, i) => ({ auditSum, auditCount: i === 0 ? 23n : 1n }));
  const drawn = sampleBatch(beacon, 42n, vouchers, 64);
  assert.deepEqual(
    drawn.map(({ voucher, point }) => [voucher, point]),
    [
      [0, 398n],
      [2, 2435n],
      [2, 1213n],
      [0, 102n],
    ],
  );
});

test("a pool of 1500 over four draws: unit 46, credit 230, residual 145 each", () => {
  const senior: Holder = { contribution: 1n, intentHeight: 5n, intentIndex: 0 };
  const held = new Set<bigint>();
  const set = print(PREAMBLE).fingerprints;
  for (let i = 0; i < fingerprintCount(set); i++) held.add(fingerprintAt(set, i));
  const opened = { fingerprints: print(OUTPUT).fingerprints, promptFingerprints: new Uint8Array(0), context: [] };
  const draws = [0, 1, 2, 3].map((draw) => ({ draw, pool: sampledShare(1500n, 4, draw), opened }));
  const result = creditBatch(draws, {
    holders: (fingerprint) => (held.has(fingerprint) ? [senior] : []),
    common: () => false,
    licensed: () => true,
    versionHeight: 6n,
  });
  for (const { unit, credited, residual } of result.draws) {
    assert.deepEqual([unit, credited, residual], [46n, 230n, 145n]);
  }
  assert.deepEqual(result.contributions, [{ contribution: 1n, positions: 20, amount: 920n }]);
  assert.equal(result.residual, 580n);
});

test("the empty set and the empty answer have roots", () => {
  assert.equal(
    toHex(ok(setTree(new Uint8Array(0))).root),
    toHex(sha256(Uint8Array.of(2), utf8("poa2/set"), new Uint8Array(8), new Uint8Array(32))),
  );
  assert.equal(
    toHex(ok(outputRoot(new Uint8Array(32), new Uint8Array(0)))),
    toHex(sha256(Uint8Array.of(2), utf8("poa2/out"), new Uint8Array(8), new Uint8Array(32))),
  );
});

// Frozen when this format was first written: a change of any is another protocol.
const bytes32 = (value: number): Bytes => new Uint8Array(32).fill(value);
const receipt: Receipt = {
  channelId: 1n,
  nonce: 2n,
  versionId: 3n,
  fee: 4n,
  tokens: 10,
  outRoot: bytes32(1),
  promptRoot: bytes32(2),
  contextRoot: bytes32(3),
  time: 1_700_000_000_000n,
};
const voucher: Voucher = {
  chainId: "tributary-dev-1",
  channelId: 1n,
  nonce: 2n,
  amount: 5_000n,
  auditRoot: bytes32(4),
  auditSum: 4_000n,
  auditCount: 2n,
  openAll: true,
};
const frozen: { name: string; have: () => Bytes; need: string }[] = [
  {
    name: "receipt hash",
    have: () => receiptHash(receipt),
    need: "cfe2f9306401c7c157c6ac067e30f8d6ae5d0eba5e021493a65f241959675542",
  },
  {
    name: "receipt leaf",
    have: () => receiptLeaf(4n, receiptHash(receipt)).hash,
    need: "e7852a35f93e3fb53ee87c66e7ccf256228c989a16c983489f4e21a6b938ea2b",
  },
  {
    name: "voucher digest",
    have: () => voucherDigest(voucher),
    need: "10d0ad28006c63a975b7c53d431e77648a8858fdffa91dddd30272dc31b280a9",
  },
  {
    name: "answer digest",
    have: () =>
      answerDigest({
        chainId: "tributary-dev-1",
        channelId: 1n,
        nonce: 2n,
        requestHash: bytes32(5),
        outRoot: bytes32(1),
      }),
    need: "a9beedfc4c3293585a6ff064a82affabe294442f33fb78c67ab22ea52951271c",
  },
  {
    name: "intent",
    have: () =>
      intentCommitment({
        fpRoot: bytes32(6),
        contentRoot: bytes32(7),
        owner: bytes32(8).slice(0, 20),
        nonce: bytes32(9),
      }),
    need: "df1a86ba7a01d23d8b6fd0dfc4d9a9da06906556f4fb5ef124bee6a08621f251",
  },
  {
    name: "prompt root",
    have: () => ok(promptRoot(bytes32(7), print(PREAMBLE).tokens)),
    need: "190c1da66caf8054af15e2a3a9d7d9f56cba4323d4c057cb04acad8c6ff82a89",
  },
  {
    name: "context root",
    have: () =>
      ok(
        contextRoot(bytes32(7), [
          { contributionId: 1n, chunkHash: bytes32(1) },
          { contributionId: 2n, chunkHash: bytes32(2) },
        ]),
      ),
    need: "1ebc813ead1d0155fb68e60763204f5ad2f5df71c432c6b901ebeaac83d08342",
  },
  {
    name: "credit tree",
    have: () =>
      ok(
        creditTree([
          { contribution: 2n, draw: 0, position: 5, amount: 37n },
          { contribution: 1n, draw: 3, position: 65_535, amount: 38n },
          { contribution: 1n, draw: 3, position: 1, amount: 38n },
        ]),
      ).tree.top.hash,
    need: "9103b6ca8abce3ede0f4f907cac404c2b69fcf61c383d669f0f4994ee3eaf20a",
  },
];
for (const { name, have, need } of frozen) test(`frozen: ${name}`, () => assert.equal(toHex(have()), need));
