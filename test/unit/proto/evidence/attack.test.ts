import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "#proto/crypto/hash.js";
import { utf8 } from "#proto/bytes.js";
import { ed25519PublicKey } from "#proto/crypto/ed25519.js";
import type { LightClientAttack } from "#proto/evidence/kinds.js";
import { attackEvidence } from "#proto/evidence/make.js";
import { isRejection } from "#proto/rejection.js";
import { evidenceCodec, type Evidence } from "#proto/types/block.js";
import type { LightBlock } from "#proto/light/header.js";
import { decodeEvidence } from "#proto/evidence/judge.js";
import { useNatives } from "#node/runtime/natives.js";
import { keyOf, setOf } from "../light/chain.js";
import { chain, forged, four, ground, later, TIP, timeOf, verdictOn } from "./world.js";

useNatives();
const common = { height: 2n, time: timeOf(2n), validators: four };
const OTHER_STATE = { stateRoot: sha256(utf8("another state")) };
const at = (height: bigint): LightBlock => chain.at(height)!;

function made(conflicting: LightBlock, ours: LightBlock, from = common): Evidence {
  const piece = attackEvidence(from, conflicting, ours);
  if (isRejection(piece)) throw new Error(piece.name);
  return piece;
}

const changed = (piece: Evidence, change: Partial<LightClientAttack>): Evidence => ({
  ...piece,
  lightClientAttack: { ...piece.lightClientAttack!, ...change },
});

/** By a validator set of the attackers' choice, in which two of the common set take part. */
const mixed = setOf({ a: 50n, b: 40n, z: 10n });
const lunatic = made(forged(5n, OTHER_STATE, mixed, ["a", "b", "z"]), at(5n));
const sameRound = made(forged(3n, { txRoot: sha256(utf8("txs")) }, four, ["a", "b"]), at(3n));
const forward = made(forged(TIP + 4n, { time: timeOf(TIP) }, mixed, ["a", "b", "z"]), at(TIP));

test("lunatic: validators of the common set that signed a header of another state are guilty", () => {
  assert.equal(lunatic.lightClientAttack?.commonHeight, 2n);
  assert.equal(verdictOn(lunatic), "ab");
});

test("lunatic with the very set of its height is judged by that set", () => {
  const piece = made(forged(3n, OTHER_STATE, four, ["b", "c", "d", "a"]), at(3n));
  assert.equal(piece.lightClientAttack?.commonHeight, 3n);
  assert.equal(verdictOn(piece), "abcd");
});

test("equivocation: validators that signed both in one round are guilty", () => {
  assert.equal(verdictOn(sameRound), "ab");
});

test("amnesia has no culprits and is refused", () => {
  const conflicting = forged(3n, { txRoot: sha256(utf8("txs")) }, four, ["a", "b"]);
  const certificate = { ...conflicting.certificate, round: 1 };
  const refused = attackEvidence(common, { ...conflicting, certificate }, at(3n));
  assert.ok(isRejection(refused) && refused.name === "noCulprits");
  assert.equal(verdictOn(changed(sameRound, { conflictingCertificate: certificate })), "noCulprits");
  assert.equal(verdictOn(changed(sameRound, { trustedCertificate: undefined })), "noCulprits");
});

test("37: a header above ours that is not later than ours is an attack, also once the chain has grown past it", () => {
  assert.equal(forward.lightClientAttack?.trustedHeader?.height, TIP);
  assert.equal(verdictOn(forward), "ab");
  const grown = { ...ground, height: TIP + 10n, time: timeOf(TIP + 10n) };
  assert.equal(verdictOn(forward, grown), "ab");
  const plausible = made(forged(TIP + 4n, { time: timeOf(TIP) + 1n }, mixed, ["a", "b", "z"]), at(TIP));
  assert.equal(verdictOn(plausible), "noConflict");
});

test("33: another key or power among the accused, one more or one less is refused", () => {
  const named = lunatic.lightClientAttack!.byzantineValidators;
  const innocent = { pubKey: ed25519PublicKey(keyOf("c")), power: named[1]!.power };
  for (const byzantineValidators of [
    [named[0]!, innocent],
    [named[0]!, { ...named[1]!, power: 31n }],
    [named[0]!],
    [...named, innocent],
    [...named].reverse(),
  ]) {
    assert.equal(verdictOn(changed(lunatic, { byzantineValidators })), "culprits");
  }
  assert.equal(verdictOn({ ...lunatic, validatorPower: 71n }), "power");
});

test("33: a key swapped in the conflicting set changes its root, and a signer's address is its own key's", () => {
  const [first, ...rest] = lunatic.lightClientAttack!.conflictingValidators;
  const swapped = [{ ...first!, pubKey: ed25519PublicKey(keyOf("c")) }, ...rest];
  assert.equal(verdictOn(changed(lunatic, { conflictingValidators: swapped })), "malformed");
  const certificate = lunatic.lightClientAttack!.conflictingCertificate!;
  const signatures = certificate.signatures.map((one, i) =>
    i === 1 ? { ...one, validator: four.members.find(({ power }) => power === 20n)!.address } : one,
  );
  const accusesC = changed(lunatic, {
    conflictingCertificate: { ...certificate, signatures },
    byzantineValidators: four.members
      .filter((_m, i) => i === 0 || i === 2)
      .map(({ pubKey, power }) => ({ pubKey, power })),
  });
  assert.equal(verdictOn({ ...accusesC, validatorPower: 60n }), "signature");
});

test("all signatures of the conflicting certificate are checked, those beyond the quorum too", () => {
  const all = made(forged(3n, OTHER_STATE, four, ["a", "b", "c", "d"]), at(3n));
  const certificate = all.lightClientAttack!.conflictingCertificate!;
  for (let bad = 0; bad < 4; bad++) {
    const signatures = certificate.signatures.map((one, i) =>
      i === bad ? { ...one, signature: one.signature.map((byte) => byte ^ 1) } : one,
    );
    assert.equal(verdictOn(changed(all, { conflictingCertificate: { ...certificate, signatures } })), "signature");
  }
});

test("a certificate of too little power proves nothing", () => {
  assert.equal(verdictOn(made(forged(3n, OTHER_STATE, four, ["b", "c"]), at(3n))), "signature");
  // Two thirds of a set of the attackers' choice, but a third or less of the common one.
  assert.equal(verdictOn(made(forged(5n, OTHER_STATE, setOf({ b: 90n, z: 10n }), ["b", "z"]), at(5n))), "notTrusted");
});

test("33, 38: a validator without a signature in our certificate is not accused of signing both", () => {
  const certificate = sameRound.lightClientAttack!.trustedCertificate!;
  const [first, second, ...rest] = certificate.signatures;
  const unsigned = { ...certificate, signatures: [first!, ...rest] };
  assert.equal(verdictOn(changed(sameRound, { trustedCertificate: unsigned })), "culprits");
  // The signature of another in the same place: same address, same sign bytes, not the same signature.
  const lent = { ...certificate, signatures: [first!, { ...second!, signature: first!.signature }, ...rest] };
  assert.equal(verdictOn(changed(sameRound, { trustedCertificate: lent })), "signature");
});

test("the trusted header is ours, the conflicting one is not", () => {
  const foreign = { ...at(5n).header, time: 5n };
  assert.equal(verdictOn(changed(lunatic, { trustedHeader: foreign })), "notOurs");
  assert.equal(verdictOn(made(at(5n), at(5n))), "noConflict");
  assert.equal(verdictOn(changed(lunatic, { trustedHeader: at(6n).header })), "place");
  assert.equal(verdictOn(changed(lunatic, { trustedHeader: at(3n).header })), "noConflict");
});

test("the common height says who is held to what: time, total and set are of that height", () => {
  assert.equal(verdictOn(changed(lunatic, { commonHeight: 3n })), "time");
  assert.equal(verdictOn({ ...changed(lunatic, { commonHeight: 3n }), time: timeOf(3n) }), "ab");
  assert.equal(verdictOn({ ...changed(lunatic, { commonHeight: 5n }), time: timeOf(5n) }), "place");
  assert.equal(verdictOn({ ...changed(lunatic, { commonHeight: 6n }), time: timeOf(6n) }), "place");
  assert.equal(verdictOn({ ...changed(sameRound, { commonHeight: 2n }), time: timeOf(2n) }), "place");
  assert.equal(verdictOn({ ...lunatic, totalPower: later.totalPower + 1n }), "power");
});

test("an expired common height expires the attack", () => {
  const grown = { ...ground, height: 103n, time: timeOf(2n) + 100_001n };
  assert.equal(verdictOn(lunatic, grown), "expired");
});

test("an attack is whole, or no evidence", () => {
  for (const missing of ["conflictingHeader", "conflictingCertificate", "trustedHeader"] as const) {
    assert.equal(verdictOn(changed(lunatic, { [missing]: undefined })), "malformed", missing);
  }
  for (const empty of ["conflictingValidators", "byzantineValidators"] as const) {
    assert.equal(verdictOn(changed(lunatic, { [empty]: [] })), "malformed", empty);
  }
  const chainId = "tributary-2";
  const elsewhere = forged(5n, { ...OTHER_STATE, chainId }, mixed, ["a", "b", "z"]);
  assert.equal(verdictOn(made(elsewhere, at(5n))), "malformed");
});

test("the largest attack there can be fits the bound", () => {
  const names = Object.fromEntries(
    Array.from({ length: 1_000 }, (_v, i) => [`v${i}`, 1_000_000_000_000_000n - BigInt(i)]),
  );
  const signature = new Uint8Array(64).fill(255);
  const signers = Object.keys(names).map((_name, index) => ({
    index,
    validator: new Uint8Array(20).fill(255),
    signature,
  }));
  const set = Object.values(names).map((power) => ({ pubKey: new Uint8Array(32).fill(255), power }));
  const attack = sameRound.lightClientAttack!;
  const bytes = evidenceCodec.encode(
    changed(sameRound, {
      conflictingCertificate: { ...attack.conflictingCertificate!, signatures: signers },
      trustedCertificate: { ...attack.trustedCertificate!, signatures: signers },
      conflictingValidators: set,
      byzantineValidators: set,
    }),
  );
  assert.ok(!isRejection(decodeEvidence(bytes)), `${bytes.length} bytes`);
});
