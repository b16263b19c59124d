import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { answerDigest } from "#proto/attribution/answer.js";
import { ceilingId, type Ceiling } from "#proto/attribution/ceiling.js";
import { intentCommitment } from "#proto/attribution/commitment.js";
import { printText, type TextPrint } from "#proto/attribution/fingerprint.js";
import { distinctSorted, fingerprintAt, fingerprintCount } from "#proto/attribution/packed.js";
import { spanKinds } from "#proto/attribution/rule/receipt.js";
import { receiptHash, receiptLeaf, type Receipt } from "#proto/attribution/receipt.js";
import { sampleBatch, samplePoint } from "#proto/attribution/sample.js";
import { setRoot, setTree } from "#proto/attribution/set-tree.js";
import { sumPath, sumTree, verifySumPath } from "#proto/attribution/sum-tree.js";
import { answerSpan, textRoot } from "#proto/attribution/texts.js";
import { requestHash, type Request } from "#proto/attribution/request.js";
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

test("an answer's root and the windows that the contribution holds", () => {
  const { tokens, fingerprints } = print(OUTPUT);
  assert.equal(tokens.length / 8, 15);
  assert.equal(fingerprintCount(fingerprints), 8);
  assert.equal(
    toHex(ok(textRoot("poa2/ans", new Uint8Array(32).fill(7), [answerSpan(tokens)]))),
    "45907e2c42fceea2f157d86e70b91105a8f58f718bdf2cf302863d76de2e7af9",
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

  // The same through the stretches of three channels: 25 receipts counted, so that q = 4. The third had redeemed 700 before.
  const stretches = [
    { from: 0n, to: 1000n, first: 0n, end: 23n },
    { from: 0n, to: 250n, first: 0n, end: 1n },
    { from: 700n, to: 4450n, first: 3n, end: 4n },
  ];
  const drawn = sampleBatch(beacon, 42n, stretches, 64);
  assert.deepEqual(
    drawn.map(({ stretch, point }) => [stretch, point]),
    [
      [0, 398n],
      [2, 3135n],
      [2, 1913n],
      [0, 102n],
    ],
  );
});

test("the empty set and the empty answer have roots", () => {
  assert.equal(
    toHex(ok(setTree(new Uint8Array(0))).root),
    toHex(sha256(Uint8Array.of(2), utf8("poa2/set"), new Uint8Array(8), new Uint8Array(32))),
  );
  assert.equal(
    toHex(ok(textRoot("poa2/ans", new Uint8Array(32), []))),
    toHex(sha256(Uint8Array.of(2), utf8("poa2/ans"), new Uint8Array(8), new Uint8Array(32))),
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
  requestHash: bytes32(2),
  addedRoot: bytes32(3),
  outRoot: bytes32(1),
  time: 1_700_000_000_000n,
};
const request: Request = {
  chainId: "tributary-dev-1",
  channelId: 1n,
  nonce: 2n,
  time: 40n,
  datanets: [2n, 9n],
  textRoot: bytes32(1),
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
const ceiling: Ceiling = {
  chainId: "tributary-dev-1",
  channelId: 1n,
  requestHash: bytes32(5),
  versionId: 3n,
  prices: { pricePerCall: 20_000n, pricePerInputToken: 100n, pricePerOutputToken: 500n },
  feeMax: 150_000n,
  lastVoucher: bytes32(4),
  time: 40n,
  expiry: 70n,
  bookId: bytes32(6).slice(0, 16),
  salt: bytes32(7).slice(0, 16),
};
const frozen: { name: string; have: () => Bytes; need: string }[] = [
  {
    name: "receipt hash",
    have: () => receiptHash(receipt),
    need: "fc68db6cc071d20ead68969eb8d51eeb72f17f09b4994c24d0080236222774a1",
  },
  {
    name: "receipt leaf",
    have: () => receiptLeaf(4n, receiptHash(receipt)).hash,
    need: "c82ad8da8f3f9100fa049d5767bfb4d0ae81837d2865acfea73df17b0e6a4695",
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
        ceilingId: bytes32(5),
        receiptHash: bytes32(1),
        fee: 4n,
      }),
    need: "520a77c03cedeba76b3243f319ac627230e7364a9acb894e911706c142267ebe",
  },
  {
    name: "ceiling id",
    have: () => ceilingId(ceiling),
    need: "89601decf55d4e9b78d67a892d3db79f7cad16a338381eaf8ccf047fea05342b",
  },
  {
    name: "ceiling id before the first voucher",
    have: () => ceilingId({ ...ceiling, lastVoucher: new Uint8Array(0) }),
    need: "81b8dd1e22d6f5e01ed8e71c703ec89b4d919b33f114032ae763bd041ea92807",
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
    name: "request hash",
    have: () => requestHash(request),
    need: "c0cfee2414d90fd3f8fffe384619f7b2e68df0878a5ec7c6c346c96ec4288b40",
  },
  {
    name: "root of a request's texts",
    have: () =>
      ok(
        textRoot("poa2/req", bytes32(7), [
          { kind: spanKinds.own, datanet: undefined, tokens: print(OUTPUT).tokens },
          { kind: spanKinds.marked, datanet: 4n, tokens: print(PREAMBLE).tokens },
        ]),
      ),
    need: "1f0b9d12990c3a5a0a16be7ec863423625c7ccf0d2e17a85a6722981c7b7623b",
  },
];
for (const { name, have, need } of frozen) test(`frozen: ${name}`, () => assert.equal(toHex(have()), need));
