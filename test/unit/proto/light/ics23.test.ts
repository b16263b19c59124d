import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { HashOp, LengthOp } from "cosmjs-types/cosmos/ics23/v1/proofs";
import { present } from "#proto/assert.js";
import { fromHex, type Bytes } from "#proto/bytes.js";
import { verifyMembership, verifyNonMembership, type ProofSpec } from "#proto/light/ics23.js";

interface Vector {
  readonly key: string;
  readonly value?: string;
  readonly root: string;
  readonly proof: string;
}
const vectors = JSON.parse(readFileSync("test/vectors/ics23.json", "utf8")) as Record<string, Vector>;
const hex = (text: string): Bytes => present(fromHex(text), "a vector is hex");

const leafSpec = {
  hash: HashOp.SHA256,
  prehashKey: HashOp.NO_HASH,
  prehashValue: HashOp.SHA256,
  length: LengthOp.VAR_PROTO,
  prefix: Uint8Array.of(0),
};
const inner = (
  childSize: number,
  min: number,
  max: number,
  emptyChild = new Uint8Array(0),
): ProofSpec["innerSpec"] => ({
  childOrder: [0, 1],
  childSize,
  minPrefixLength: min,
  maxPrefixLength: max,
  emptyChild,
  hash: HashOp.SHA256,
});
const common = { maxDepth: 0, minDepth: 0, prehashKeyBeforeComparison: false };

/** The three published specs. */
const specs: Record<string, ProofSpec> = {
  iavl: { ...common, leafSpec, innerSpec: inner(33, 4, 12) },
  tendermint: { ...common, leafSpec, innerSpec: inner(32, 1, 1) },
  smt: {
    ...common,
    maxDepth: 256,
    leafSpec: { ...leafSpec, length: LengthOp.NO_PREFIX },
    innerSpec: inner(32, 1, 1, new Uint8Array(32)),
  },
};

function holds(spec: ProofSpec, { key, value, root }: Vector, proof: Bytes): boolean {
  return value === undefined
    ? verifyNonMembership(spec, hex(root), proof, hex(key))
    : verifyMembership(spec, hex(root), proof, hex(key), hex(value));
}

for (const [name, spec] of Object.entries(specs)) {
  test(`a published proof of ${name} verifies under its spec, and no mutation of it does`, () => {
    const vector = vectors[name]!;
    const proof = hex(vector.proof);
    assert.ok(holds(spec, vector, proof));
    for (const [other, foreign] of Object.entries(specs)) {
      if (other !== name) assert.ok(!holds(foreign, vector, proof), other);
    }
    for (let at = 0; at < proof.length; at++) {
      const mutant = proof.slice();
      mutant[at]! ^= 1 << (at & 7);
      assert.ok(!holds(spec, vector, mutant), `byte ${at}`);
    }
  });
}
