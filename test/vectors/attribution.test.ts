import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { answerDigest } from "#proto/attribution/answer.js";
import { intentCommitment } from "#proto/attribution/commitment.js";
import { creditTree } from "#proto/attribution/credit-tree.js";
import { creditBatch, type Holder } from "#proto/attribution/credit.js";
import {
  DEFAULT_PROFILE,
  distinctSorted,
  fingerprintAt,
  fingerprintCount,
  printText,
} from "#proto/attribution/fingerprint.js";
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
const print = (text: string): { tokenCount: number; positions: Bytes } => ok(printText(text, DEFAULT_PROFILE));
const receipts = [1000n, 250n, 3750n].map((fee, i) => receiptLeaf(fee, sha256(utf8("abc"[i]!))));

test("a contribution's tokens, fingerprints and set root", () => {
  const { tokenCount, positions } = print(PREAMBLE);
  assert.equal(tokenCount, 17);
  assert.equal(fingerprintCount(positions), 12);
  assert.equal(toHex(positions.subarray(0, 8)), "0ec6c3a5efd8d170");
  assert.equal(toHex(positions.subarray(72, 80)), "dfeb6ef298e0ae6a");
  assert.equal(
    toHex(ok(setRoot(distinctSorted(positions)))),
    "b374dd259dab0862e964b278edc66c1c9d1947e6efcfa14e4b5f2b4525a881c7",
  );
});

test("an answer's output root and the positions that the contribution holds", () => {
  const { tokenCount, positions } = print(OUTPUT);
  assert.equal(tokenCount, 15);
  assert.equal(fingerprintCount(positions), 10);
  assert.equal(
    toHex(ok(outputRoot(new Uint8Array(32).fill(7), positions))),
    "35c602cd773034f2bd0e1b8d774775938ffd398b67c2b006308c84e8d9b915c1",
  );
  const held = new Set<bigint>();
  const set = print(PREAMBLE).positions;
  for (let i = 0; i < fingerprintCount(set); i++) held.add(fingerprintAt(set, i));
  const matched = Array.from({ length: 10 }, (_, i) => i).filter((i) => held.has(fingerprintAt(positions, i)));
  assert.deepEqual(matched, [2, 3, 4, 5, 6, 7, 8]);
});

test("three receipts' sum node, and the receipts at the sample points", () => {
  const tree = ok(sumTree(receipts));
  assert.equal(toHex(tree.top.hash), "e59153aee872d5d60eb1e5596a8fc4b0f250ed431762cd278ed0919ffcffbd51");
  assert.deepEqual([tree.top.sum, tree.top.count], [5000n, 3n]);

  const beacon = new Uint8Array(32).fill(9);
  const points = [0, 1, 2, 3].map((draw) => samplePoint(beacon, 42n, draw, 5000n));
  assert.deepEqual(points, [913n, 4862n, 4877n, 3274n]);
  const intervals = receipts.map((leaf, i) => ok(verifySumPath(tree.top, leaf, BigInt(i), sumPath(tree, i))));
  const found = points.map((point) => intervals.findIndex(({ from, to }) => from <= point && point < to));
  assert.deepEqual(found, [0, 2, 2, 2]);

  // The same through vouchers: three of one receipt each, 25 receipts counted, so that q = 4.
  const vouchers = [1000n, 250n, 3750n].map((auditSum, i) => ({ auditSum, auditCount: i === 0 ? 23n : 1n }));
  const drawn = sampleBatch(beacon, 42n, vouchers, 64);
  assert.deepEqual(
    drawn.map(({ voucher, point }) => [voucher, point]),
    [
      [0, 913n],
      [2, 3612n],
      [2, 3627n],
      [2, 2024n],
    ],
  );
});

test("a pool of 1500 over four draws: unit 37, credit 259, residual 116 each", () => {
  const senior: Holder = { contribution: 1n, intentHeight: 5n, intentIndex: 0 };
  const held = new Set<bigint>();
  const set = print(PREAMBLE).positions;
  for (let i = 0; i < fingerprintCount(set); i++) held.add(fingerprintAt(set, i));
  const opened = { fingerprints: print(OUTPUT).positions, promptFingerprints: new Uint8Array(0), context: [] };
  const draws = [0, 1, 2, 3].map((draw) => ({ draw, pool: sampledShare(1500n, 4, draw), opened }));
  const result = creditBatch(draws, {
    holders: (fingerprint) => (held.has(fingerprint) ? [senior] : []),
    common: () => false,
    licensed: () => true,
    versionHeight: 6n,
  });
  for (const { unit, credited, residual } of result.draws)
    assert.deepEqual([unit, credited, residual], [37n, 259n, 116n]);
  assert.deepEqual(result.contributions, [{ contribution: 1n, positions: 28, amount: 1036n }]);
  assert.equal(result.residual, 464n);
});

test("the empty set and the empty answer have roots", () => {
  assert.equal(
    toHex(ok(setTree(new Uint8Array(0))).root),
    toHex(sha256(Uint8Array.of(2), utf8("poa1/set"), new Uint8Array(8), new Uint8Array(32))),
  );
  assert.equal(
    toHex(ok(outputRoot(new Uint8Array(32), new Uint8Array(0)))),
    toHex(sha256(Uint8Array.of(2), utf8("poa1/out"), new Uint8Array(8), new Uint8Array(32))),
  );
});

// Frozen when this format was first written: a change of any is another protocol.
const bytes32 = (value: number): Bytes => new Uint8Array(32).fill(value);
const receipt: Receipt = {
  channelId: 1n,
  nonce: 2n,
  versionId: 3n,
  fee: 4n,
  positions: 10,
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
    need: "f17c2ab7d52fb3ad517d2c94f5399bb0842bc36f61fb2a506b8e7022318df369",
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
    have: () => ok(promptRoot(bytes32(7), print(PREAMBLE).positions)),
    need: "902951a2f71a0f5069c1a42827021610623c5471dca622dfbe85fdff3858f49f",
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
    need: "730fdb747780fa62929e2c8bd437d299ae16d1f1ca2e571f5696b0b96fb2a840",
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
    need: "a6283f025cfb6301d0244ff782a580d5ebf07a0b3f019b220aea646e5ab689ed",
  },
];
for (const { name, have, need } of frozen) test(`frozen: ${name}`, () => assert.equal(toHex(have()), need));
