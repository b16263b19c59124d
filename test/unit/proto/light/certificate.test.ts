import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "#proto/bytes.js";
import { ed25519PublicKey, signEd25519, validatorAddress } from "#proto/crypto/ed25519.js";
import { sha256 } from "#proto/crypto/hash.js";
import { verifyCertificate, verifyPolka, verifyRoundCertificate } from "#proto/light/certificate.js";
import { verifyProposal, verifyVote } from "#proto/light/signed.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import type { Certificate } from "#proto/types/block.js";
import type { BlockId } from "#proto/types/block-id.js";
import { indexOf, validatorSet, type ValidatorSet } from "#proto/types/validators.js";
import { PRECOMMIT, PREVOTE, proposalSignBytes, voteSignBytes, type Proposal, type Vote } from "#proto/types/vote.js";
import { blockIdFrom } from "#test/fixtures/block-id.js";

const CHAIN = "tributary-1";
const PARTS_MAX = 64;
const seeds = [0, 1, 2, 3].map((i) => sha256(utf8(`seed ${i}`)));
const made = validatorSet(seeds.map((seed) => ({ pubKey: ed25519PublicKey(seed), power: 10n })));
assert.ok(!isRejection(made));
const set: ValidatorSet = made;
/** Seeds in the order of the set. */
const seedOf = (index: number) =>
  seeds.find((seed) => indexOf(set, validatorAddress(ed25519PublicKey(seed))) === index)!;
const block: BlockId = blockIdFrom(sha256(utf8("block")), 1, sha256(utf8("parts")));
const other: BlockId = blockIdFrom(sha256(utf8("other")), 1, sha256(utf8("parts")));

function vote(index: number, change: Partial<Vote> = {}, chainId = CHAIN): Vote {
  const validator = set.members[index]!.address;
  const unsigned = { type: PRECOMMIT, height: 5n, round: 1, blockId: block, validator, index, ...change };
  return { ...unsigned, signature: signEd25519(voteSignBytes(chainId, unsigned), seedOf(index)), ...change } as Vote;
}

function certificate(indexes: readonly number[], change: Partial<Vote> = {}, chainId = CHAIN): Certificate {
  const votes = indexes.map((index) => vote(index, change, chainId));
  const signatures = votes.map(({ index, validator, signature }) => ({ index, validator, signature }));
  const { height, round, blockId } = votes[0] ?? vote(0, change);
  return { height, round, blockId, signatures };
}

const name = (rejection: Rejection | undefined): string => rejection?.name ?? "good";
const check = (c: Certificate): string => name(verifyCertificate(CHAIN, set, c, { height: 5n, blockId: block }));

const good = certificate([0, 1, 3]);
const withSignature = (at: number, change: Partial<Certificate["signatures"][number]>): Certificate => ({
  ...good,
  signatures: good.signatures.with(at, { ...good.signatures[at]!, ...change }),
});

const certificates: { name: string; give: Certificate; expect: string }[] = [
  { name: "of three in four", give: good, expect: "good" },
  { name: "of all", give: certificate([0, 1, 2, 3]), expect: "good" },
  { name: "of two thirds or less", give: certificate([0, 1]), expect: "power" },
  { name: "with no signature", give: { ...good, signatures: [] }, expect: "power" },
  {
    name: "with garbage after the quorum (23)",
    give: {
      ...certificate([0, 1, 2, 3]),
      signatures: [
        ...good.signatures.slice(0, 2),
        certificate([2]).signatures[0]!,
        { ...certificate([3]).signatures[0]!, signature: new Uint8Array(64) },
      ],
    },
    expect: "signature",
  },
  {
    name: "whose address is another's (24)",
    give: withSignature(1, { validator: set.members[2]!.address }),
    expect: "address",
  },
  { name: "whose index is another's (24)", give: withSignature(1, { index: 2 }), expect: "address" },
  {
    name: "with one validator twice (25)",
    give: { ...good, signatures: [good.signatures[0]!, good.signatures[0]!, good.signatures[1]!] },
    expect: "order",
  },
  { name: "out of order", give: { ...good, signatures: good.signatures.toReversed() }, expect: "order" },
  { name: "of prevotes", give: certificate([0, 1, 3], { type: PREVOTE }), expect: "signature" },
  { name: "of another round (25)", give: { ...good, round: 2 }, expect: "signature" },
  { name: "of another height", give: certificate([0, 1, 3], { height: 6n }), expect: "height" },
  { name: "for another block", give: certificate([0, 1, 3], { blockId: other }), expect: "otherBlock" },
  { name: "for nil (25)", give: { ...good, blockId: undefined }, expect: "otherBlock" },
  { name: "of another chain (9)", give: certificate([0, 1, 3], {}, "tributary-2"), expect: "signature" },
  { name: "with an index beyond the set (1)", give: withSignature(2, { index: 4 }), expect: "index" },
  {
    name: "with a signature of 10 kB (10)",
    give: withSignature(2, { signature: new Uint8Array(10_000) }),
    expect: "signature",
  },
  { name: "of a round beyond 2^31 - 1", give: { ...good, round: 2 ** 31 }, expect: "round" },
];
for (const { name: title, give, expect } of certificates) {
  test(`a certificate ${title}: ${expect}`, () => assert.equal(check(give), expect));
}

test("without an expected block nil is refused all the same", () => {
  assert.equal(name(verifyCertificate(CHAIN, set, { ...good, blockId: undefined }, { height: 5n })), "blockId");
  const half = { ...good, blockId: { hash: block.hash, parts: undefined } };
  assert.equal(name(verifyCertificate(CHAIN, set, half, { height: 5n })), "blockId");
});

test("a polka is of prevotes", () => {
  assert.equal(name(verifyPolka(CHAIN, set, certificate([0, 1, 2], { type: PREVOTE }), 5n)), "good");
  assert.equal(name(verifyPolka(CHAIN, set, good, 5n)), "signature");
});

test("a round certificate needs distinct validators above a third, at its round or later", () => {
  const votes = [vote(0, { round: 3 }), vote(2, { round: 4, type: PREVOTE, blockId: undefined })];
  const of = (round: number, list: Vote[]) =>
    name(verifyRoundCertificate(CHAIN, set, { height: 5n, round, votes: list }, 5n));
  assert.equal(of(3, votes), "good");
  assert.equal(of(4, votes), "vote");
  assert.equal(of(3, votes.slice(1)), "power");
  assert.equal(of(3, [votes[0]!, votes[0]!]), "order");
  assert.equal(of(3, [votes[0]!, { ...votes[1]!, signature: votes[0]!.signature }]), "signature");
  assert.equal(of(3, [votes[0]!, vote(1, { height: 6n, round: 3 })]), "vote");
});

const votes: { name: string; give: Vote; expect: string }[] = [
  { name: "that is good", give: vote(0), expect: "good" },
  { name: "for nil", give: vote(0, { blockId: undefined }), expect: "good" },
  { name: "with an index beyond the set (1)", give: { ...vote(0), index: 4 }, expect: "index" },
  {
    name: "half filled: a hash without parts (3)",
    give: vote(0, { blockId: { hash: block.hash, parts: undefined } }),
    expect: "blockId",
  },
  {
    name: "half filled: parts without a hash (3)",
    give: vote(0, { blockId: blockIdFrom(new Uint8Array(0), 1, sha256(utf8("parts"))) }),
    expect: "blockId",
  },
  { name: "of type 0 (10)", give: vote(0, { type: 0 }), expect: "type" },
  { name: "of type 32 (10)", give: vote(0, { type: 32 }), expect: "type" },
  { name: "of round 2^31 (10)", give: vote(0, { round: 2 ** 31 }), expect: "round" },
  { name: "with an empty signature (10)", give: { ...vote(0), signature: new Uint8Array(0) }, expect: "signature" },
  { name: "of another chain (9)", give: vote(0, {}, "tributary-2"), expect: "signature" },
  { name: "in another's name", give: { ...vote(0), validator: set.members[1]!.address }, expect: "address" },
];
for (const { name: title, give, expect } of votes) {
  test(`a vote ${title}: ${expect}`, () => assert.equal(name(verifyVote(CHAIN, set, give)), expect));
}

function proposal(index: number, change: Partial<Proposal> = {}): Proposal {
  const proposer = set.members[index]!.address;
  const unsigned = { height: 5n, round: 2, polRound: -1, blockId: block, proposer, ...change };
  return {
    ...unsigned,
    signature: signEd25519(proposalSignBytes(CHAIN, unsigned), seedOf(index)),
    ...change,
  } as Proposal;
}

const proposals: { name: string; give: Proposal; expect: string }[] = [
  { name: "that is fresh", give: proposal(0), expect: "good" },
  { name: "that is offered again", give: proposal(0, { polRound: 1 }), expect: "good" },
  { name: "whose polka is of its own round (11)", give: proposal(0, { polRound: 2 }), expect: "polRound" },
  { name: "whose polka is of a later round (11)", give: proposal(0, { polRound: 3 }), expect: "polRound" },
  { name: "whose polka is below -1 (11)", give: proposal(0, { polRound: -2 }), expect: "polRound" },
  {
    name: "of 2^32 - 1 parts (15)",
    give: proposal(0, { blockId: { ...block, parts: { ...block.parts!, total: 2 ** 32 - 1 } } }),
    expect: "tooManyParts",
  },
  { name: "without a block", give: proposal(0, { blockId: undefined }), expect: "blockId" },
  {
    name: "of a stranger",
    give: proposal(0, { proposer: sha256(utf8("stranger")).slice(0, 20) }),
    expect: "notValidator",
  },
  { name: "signed by another", give: { ...proposal(0), proposer: set.members[1]!.address }, expect: "signature" },
];
for (const { name: title, give, expect } of proposals) {
  test(`a proposal ${title}: ${expect}`, () => assert.equal(name(verifyProposal(CHAIN, set, give, PARTS_MAX)), expect));
}
