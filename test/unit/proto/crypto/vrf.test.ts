import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { beaconInput, beaconOf, genesisBeacon, verifyBeacon } from "#proto/beacon.js";
import { fromHex, toHex, type Bytes } from "#proto/bytes.js";
import { ed25519PublicKey } from "#proto/crypto/ed25519.js";
import { vrfProofToHash, vrfProve, vrfVerify } from "#proto/crypto/vrf.js";
import { root } from "#test/tidy/sources.js";

interface Case {
  readonly secretKey: string;
  readonly publicKey: string;
  readonly alpha: string;
  readonly proof: string;
  readonly hash: string;
}
const { cases } = JSON.parse(readFileSync(join(root, "test/vectors/vrf.json"), "utf8")) as { cases: Case[] };
const hex = (text: string): Bytes => fromHex(text)!;

for (const [i, { secretKey, publicKey, alpha, proof, hash }] of cases.entries()) {
  test(`vrf follows RFC 9381, example ${16 + i}`, () => {
    assert.equal(toHex(ed25519PublicKey(hex(secretKey))), publicKey);
    assert.equal(toHex(vrfProve(hex(secretKey), hex(alpha))), proof);
    assert.equal(toHex(vrfProofToHash(hex(proof))!), hash);
    assert.equal(toHex(vrfVerify(hex(publicKey), hex(alpha), hex(proof))!), hash);
  });
}

const first = cases[0]!;

test("vrf refuses every proof with one byte changed", () => {
  for (let i = 0; i < 80; i += 3) {
    const broken = hex(first.proof);
    broken[i]! ^= 1;
    assert.equal(vrfVerify(hex(first.publicKey), hex(first.alpha), broken), undefined, `byte ${i}`);
  }
});

const ORDER = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
const IDENTITY = "01".padEnd(64, "0");
const refused: { name: string; key?: string; alpha?: string; proof: string }[] = [
  { name: "of another key", key: cases[1]!.publicKey, proof: first.proof },
  { name: "of another input", alpha: "00", proof: first.proof },
  { name: "that is too short", proof: first.proof.slice(2) },
  { name: "that is too long", proof: `${first.proof}00` },
  { name: "that is empty", proof: "" },
  { name: "whose scalar is the group order", proof: first.proof.slice(0, 96) + ORDER },
  { name: "whose point is not on the curve", proof: `02${first.proof.slice(2)}` },
  { name: "under a key of small order", key: IDENTITY, proof: first.proof },
  { name: "under a key that is no point", key: "02".padEnd(64, "0"), proof: first.proof },
  { name: "under a key of 31 bytes", key: first.publicKey.slice(2), proof: first.proof },
];
for (const { name, key = first.publicKey, alpha = first.alpha, proof } of refused) {
  test(`vrf refuses a proof ${name}`, () => assert.equal(vrfVerify(hex(key), hex(alpha), hex(proof)), undefined));
}

test("the beacon binds chain, height and the beacon before it", () => {
  const key = hex(first.publicKey);
  const before = genesisBeacon(new Uint8Array(32));
  const input = beaconInput("tributary-1", 7n, before);
  const proof = vrfProve(hex(first.secretKey), input);
  const beacon = verifyBeacon(key, input, proof);
  assert.equal(beacon?.length, 32);
  assert.deepEqual(beaconOf(proof), beacon);
  const others = [
    beaconInput("tributary-2", 7n, before),
    beaconInput("tributary-1", 8n, before),
    beaconInput("tributary-1", 7n, beacon!),
  ];
  for (const other of others) assert.equal(verifyBeacon(key, other, proof), undefined);
});
