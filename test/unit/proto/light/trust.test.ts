import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { LightBlock } from "#proto/light/header.js";
import {
  bisect,
  trustGenesis,
  trustHash,
  trustTerms,
  verifyBefore,
  verifyFirst,
  verifyNext,
  type Trusted,
  type TrustTerms,
} from "#proto/light/trust.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { hashBytes, type BlockId } from "#proto/types/block-id.js";
import { headerHash } from "#proto/types/block.js";
import type { Genesis } from "#proto/types/genesis.js";
import { useNatives } from "#node/runtime/natives.js";
import { certify, HeaderChain, setOf } from "./chain.js";

useNatives();
const CHAIN = "tributary-1";
const HASH = sha256(utf8("genesis"));
const four = setOf({ a: 10n, b: 10n, c: 10n, d: 10n });
/** Shares one validator in four with the first set. */
const half = setOf({ a: 10n, e: 10n, f: 10n, g: 10n });
const strangers = setOf({ w: 10n, x: 10n, y: 10n, z: 10n });
const genesis = {
  chainId: CHAIN,
  hash: HASH,
  time: 1_000n,
  initialHeight: 1n,
  validators: four,
  params: { evidenceAgeMsMax: 150_000n },
} as Genesis;
const ALL = ["a", "b", "c", "d"];
const terms: TrustTerms = { ...trustTerms(genesis, 50_000n) };

/** Heights 1 to 6: the set of genesis up to 3, then e, f, g for b, c, d. */
function chain(): HeaderChain {
  const made = new HeaderChain(HASH);
  for (let height = 1n; height <= 6n; height++) {
    const [set, signers] = height <= 3n ? [four, ALL] : [half, ["a", "e", "f", "g"]];
    const next = height + 1n <= 3n ? four : half;
    made.extend({ chainId: CHAIN, time: 1_000n + height * 1_000n, set, next, signers, proposer: "a" });
  }
  return made;
}

const name = (value: unknown): string => (isRejection(value) ? value.name : "good");
const ok = (value: Trusted | Rejection): Trusted => {
  assert.ok(!isRejection(value), name(value));
  return value;
};
const first = (): Trusted => ok(verifyFirst(genesis, chain().at(1n)!, terms));
const forged = (height: bigint, change: Partial<LightBlock["header"]>, resigned = false): LightBlock => {
  const block = chain().at(height)!;
  const header = { ...block.header, ...change };
  return { ...block, header, certificate: resigned ? certify(header, block.validators, ALL) : block.certificate };
};

const onePartMore = (id: BlockId): BlockId => ({ ...id, parts: { ...id.parts!, total: id.parts!.total + 1 } });

test("the first header is trusted when genesis' validators signed it and its beacon grew from the document", () => {
  assert.equal(first().height, 1n);
  assert.equal(name(verifyFirst({ ...genesis, hash: sha256(utf8("other")) }, chain().at(1n)!, terms)), "beacon");
  assert.equal(name(verifyFirst({ ...genesis, validators: strangers }, chain().at(1n)!, terms)), "validatorsChanged");
});

test("two thirds of the evidence age is the longest trust", () => {
  assert.equal(terms.trustingPeriodMs, 100_000n);
});

const sign = (height: bigint, signers: readonly string[]): LightBlock => {
  const block = chain().at(height)!;
  return { ...block, certificate: certify(block.header, block.validators, signers) };
};
const doubled = (): LightBlock => {
  const block = sign(3n, ["a"]);
  const [signature] = block.certificate.signatures;
  return { ...block, certificate: { ...block.certificate, signatures: [signature!, signature!, signature!] } };
};

const refusals: { what: string; give: () => LightBlock; terms?: Partial<TrustTerms>; expect: string }[] = [
  { what: "the next one", give: () => chain().at(2n)!, expect: "good" },
  { what: "one further on with the same set", give: () => chain().at(3n)!, expect: "good" },
  {
    what: "a trusted header that is too old",
    give: () => chain().at(2n)!,
    terms: { now: 102_001n },
    expect: "expired",
  },
  { what: "the same height again", give: () => chain().at(1n)!, expect: "height" },
  { what: "a time that does not increase", give: () => forged(2n, { time: 2_000n }, true), expect: "time" },
  { what: "a time far ahead of the clock", give: () => forged(3n, { time: 60_001n }, true), expect: "future" },
  { what: "a time within the drift", give: () => forged(3n, { time: 60_000n }, true), expect: "good" },
  { what: "another chain", give: () => forged(2n, { chainId: "other-1" }, true), expect: "chainId" },
  { what: "another version", give: () => forged(2n, { version: 2n }, true), expect: "version" },
  {
    what: "a changed header under the old certificate",
    give: () => forged(2n, { stateRoot: HASH }),
    expect: "otherBlock",
  },
  {
    what: "a set that is not under the header",
    give: () => ({ ...chain().at(2n)!, validators: strangers }),
    expect: "validators",
  },
  { what: "two thirds or less next door", give: () => sign(2n, ["a", "b"]), expect: "power" },
  { what: "a third or less of the trusted set", give: () => sign(3n, ["a"]), expect: "notEnoughTrust" },
  { what: "one validator counted three times", give: doubled, expect: "notEnoughTrust" },
  { what: "a trusted third that is no quorum", give: () => sign(3n, ["a", "b"]), expect: "power" },
  { what: "a set that shares too little", give: () => chain().at(5n)!, expect: "notEnoughTrust" },
  {
    what: "a higher trust level",
    give: () => sign(3n, ["a", "b", "c"]),
    terms: { trustLevel: { numerator: 3n, denominator: 4n } },
    expect: "notEnoughTrust",
  },
  {
    what: "a set that nobody announced",
    give() {
      const made = new HeaderChain(HASH, 2n);
      return made.extend({
        chainId: CHAIN,
        time: 3_000n,
        set: strangers,
        signers: ["w", "x", "y", "z"],
        proposer: "w",
      });
    },
    expect: "validatorsChanged",
  },
  {
    what: "a next header on another block",
    give: () => forged(2n, { lastBlockId: undefined }, true),
    expect: "otherChain",
  },
  {
    what: "a next header on the trusted one with other parts",
    give: () => forged(2n, { lastBlockId: onePartMore(chain().at(1n)!.certificate.blockId!) }, true),
    expect: "otherChain",
  },
];

for (const { what, give, terms: other, expect } of refusals) {
  test(`from height 1: ${what}: ${expect}`, () => {
    assert.equal(name(verifyNext(first(), give(), { ...terms, ...other })), expect);
  });
}

test("bisection asks for the header between, and ends at the one that was wanted", () => {
  const made = chain();
  let trusted = first();
  let pending: readonly LightBlock[] = [made.at(6n)!];
  const asked: bigint[] = [];
  for (;;) {
    const step = bisect({ trusted, pending }, terms);
    if (step.kind === "verified") {
      assert.equal(step.trusted.height, 6n);
      break;
    }
    assert.equal(step.kind, "need");
    if (step.kind !== "need") break;
    asked.push(step.height);
    ({ trusted, pending } = step.bisection);
    pending = [...pending, made.at(step.height)!];
  }
  assert.deepEqual(asked, [3n, 4n]);
});

test("bisection stops at a forged header between", () => {
  const made = chain();
  const step = bisect({ trusted: first(), pending: [made.at(6n)!, forged(3n, { stateRoot: HASH })] }, terms);
  assert.ok(step.kind === "refused" && step.height === 3n && step.why.name === "otherBlock");
});

test("below a trusted header the hash chain leads, without signatures", () => {
  const made = chain();
  const third = ok(verifyNext(first(), made.at(3n)!, terms));
  const unsigned = { ...made.at(2n)!, certificate: { ...made.at(2n)!.certificate, signatures: [] } };
  assert.equal(ok(verifyBefore(third, unsigned)).height, 2n);
  assert.equal(name(verifyBefore(third, forged(2n, { time: 3_001n }, true))), "otherChain");
  const { certificate } = unsigned;
  const other = { ...unsigned, certificate: { ...certificate, blockId: onePartMore(certificate.blockId!) } };
  assert.equal(name(verifyBefore(third, other)), "otherChain");
  assert.equal(name(verifyBefore(trustGenesis(genesis), made.at(1n)!)), "height");
});

test("a header that is known by its hash is trusted, and no other", () => {
  const block = chain().at(4n)!;
  assert.equal(ok(trustHash(CHAIN, 4n, hashBytes(headerHash(block.header)), block)).height, 4n);
  assert.equal(name(trustHash(CHAIN, 4n, HASH, block)), "otherHash");
  assert.equal(name(trustHash(CHAIN, 4n, hashBytes(headerHash(block.header)), sign(4n, ["a", "e"]))), "power");
});
