import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareBytes, concat, toHex, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { verifyMembership, verifyNonMembership } from "#proto/light/ics23.js";
import { leafHash, STATE_PROOF_SPEC } from "#proto/light/state-spec.js";
import { useNatives } from "#node/runtime/natives.js";
import type { Write } from "#state/store/base.js";
import { topBefore, type BucketRoot } from "#state/tree/overlay.js";
import { prove, type ProofSource } from "#state/tree/prove.js";
import { subtreeRoots, wholeOf } from "#state/tree/subtree.js";
import { Top } from "#state/tree/top.js";
import { Tree, type BucketReader, type TreeUpdate } from "#state/tree/tree.js";

useNatives();
const NONE: Bytes = new Uint8Array(0);

/** The definition of the root, by recursion. */
function naiveRoot(leaves: readonly { keyHash: Bytes; leaf: Bytes }[], depth = 0): Bytes {
  if (leaves.length === 0) return new Uint8Array(32);
  if (leaves.length === 1) return leaves[0]!.leaf;
  const bit = ({ keyHash }: { keyHash: Bytes }): number => (keyHash[depth >> 3]! >> (7 - (depth & 7))) & 1;
  const left = naiveRoot(
    leaves.filter((leaf) => bit(leaf) === 0),
    depth + 1,
  );
  const right = naiveRoot(
    leaves.filter((leaf) => bit(leaf) === 1),
    depth + 1,
  );
  return sha256(left, right);
}

class World {
  readonly buckets = new Map<number, Bytes>();
  readonly values = new Map<string, Bytes>();
  readonly keys = new Map<string, Bytes>();
  readonly tree: Tree;

  constructor(depth: number) {
    this.tree = new Tree(new Top(depth), this.reader, 0);
  }

  get reader(): BucketReader {
    return { bucket: (id) => this.buckets.get(id) ?? NONE };
  }

  apply(writes: readonly Write[]): TreeUpdate {
    const update = this.tree.apply(writes);
    for (const { id, after } of update.buckets) this.buckets.set(id, after);
    for (const [key, value] of writes) {
      this.keys.set(toHex(sha256(key)), key);
      if (value === undefined) this.values.delete(toHex(key));
      else this.values.set(toHex(key), value);
    }
    return update;
  }

  get source(): ProofSource {
    return {
      top: this.tree.top,
      bucket: this.reader.bucket,
      keyOf: (keyHash) => this.keys.get(toHex(keyHash))!,
      valueOf: (key) => this.values.get(toHex(key)),
    };
  }

  get naive(): Bytes {
    return naiveRoot(
      [...this.values].map(([hex, value]) => {
        const keyHash = sha256(Uint8Array.from(Buffer.from(hex, "hex")));
        return { keyHash, leaf: leafHash(keyHash, value) };
      }),
    );
  }
}

const keyOf = (i: number): Bytes => utf8(`key/${i}`);
const write = fc.tuple(
  fc.nat(60).map(keyOf),
  fc.option(fc.uint8Array({ minLength: 1, maxLength: 3 }), { nil: undefined, freq: 3 }),
);
const batch = fc.uniqueArray(write, { maxLength: 25, selector: ([key]) => toHex(key) });

test("the root equals its definition after any updates, at any depth of the top", () => {
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 8 }), fc.constantFrom(1, 3, 7, 12), (batches, depth) => {
      const world = new World(depth);
      for (const writes of batches) {
        const update = world.apply(writes);
        assert.deepEqual(update.root, world.naive);
        assert.equal(world.tree.leaves, world.values.size);
      }
    }),
    { numRuns: 150, seed: 3 },
  );
});

test("the root does not depend on the order of insertion, nor on what was deleted", () => {
  fc.assert(
    fc.property(batch, fc.nat(), (writes, seed) => {
      const kept = writes.filter(([, value]) => value !== undefined);
      const once = new World(5).apply(kept).root;
      const world = new World(5);
      world.apply(writes.map(([key]) => [key, utf8("old")]));
      const shuffled = [...writes].sort(
        (a, b) => ((a[0].at(-1)! * (seed + 7)) % 11) - ((b[0].at(-1)! * (seed + 7)) % 11),
      );
      let last = world.tree.root;
      for (const one of shuffled) last = world.apply([one]).root;
      assert.deepEqual(last, once);
    }),
    { numRuns: 100, seed: 4 },
  );
});

test("present and absent keys are proved, and only as what they are", () => {
  fc.assert(
    fc.property(batch, fc.constantFrom(1, 4, 9), (writes, depth) => {
      const world = new World(depth);
      const { root } = world.apply(writes);
      if (world.values.size === 0) return;
      for (let i = 0; i <= 60; i++) {
        const key = keyOf(i);
        const value = world.values.get(toHex(key));
        const proof = prove(world.source, key);
        const other = keyOf(i + 1);
        if (value !== undefined) {
          assert.ok(verifyMembership(STATE_PROOF_SPEC, root, proof, key, value));
          assert.ok(!verifyMembership(STATE_PROOF_SPEC, root, proof, key, concat(value, value)));
          assert.ok(!verifyMembership(STATE_PROOF_SPEC, root, proof, other, value));
          assert.ok(!verifyNonMembership(STATE_PROOF_SPEC, root, proof, key));
        } else {
          assert.ok(verifyNonMembership(STATE_PROOF_SPEC, root, proof, key));
          assert.ok(!verifyNonMembership(STATE_PROOF_SPEC, root, proof, other));
          assert.ok(!verifyMembership(STATE_PROOF_SPEC, root, proof, key, utf8("x")));
        }
        assert.ok(!verifyMembership(STATE_PROOF_SPEC, sha256(root), proof, key, value ?? utf8("x")));
      }
    }),
    { numRuns: 25, seed: 5 },
  );
});

test("every flipped bit and every cut of a proof makes it fail", () => {
  const world = new World(3);
  const { root } = world.apply(Array.from({ length: 40 }, (_, i): Write => [keyOf(i), utf8(`value ${i}`)]));
  const checks = [7, 21, 99, 1000].map((i) => {
    const key = keyOf(i);
    const verify = (proof: Bytes): boolean =>
      i < 40
        ? verifyMembership(STATE_PROOF_SPEC, root, proof, key, utf8(`value ${i}`))
        : verifyNonMembership(STATE_PROOF_SPEC, root, proof, key);
    return { key, verify };
  });
  for (const { key, verify } of checks) {
    const proof = prove(world.source, key);
    assert.ok(verify(proof));
    for (const { key: other } of checks) if (other !== key) assert.ok(!verify(prove(world.source, other)), "swapped");
    for (let bit = 0; bit < proof.length * 8; bit++) {
      const mutant = proof.slice();
      mutant[bit >> 3]! ^= 1 << (bit & 7);
      assert.ok(!verify(mutant), `bit ${bit}`);
    }
    for (let length = 0; length < proof.length; length++) {
      assert.ok(!verify(proof.subarray(0, length)), `cut at ${length}`);
    }
    assert.ok(!verify(concat(proof, Uint8Array.of(0))));
  }
});

test("subtrees of any number and depth have their roots, one call after the other", () => {
  /** Two leaves that share this number of bits, and a third that shares fewer. */
  const subtree = (seed: number, shared: number): { entries: Bytes; leaves: { keyHash: Bytes; leaf: Bytes }[] } => {
    const first = sha256(utf8(`first ${seed}`));
    const flipped = (bit: number): Bytes =>
      first.map((byte, i) => (i === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte));
    const leaves = [first, flipped(shared), flipped(shared >> 1)]
      .map((keyHash, i) => ({ keyHash, leaf: sha256(utf8(`leaf ${seed} ${i}`)) }))
      .sort((a, b) => compareBytes(a.keyHash, b.keyHash));
    return { entries: concat(...leaves.flatMap(({ keyHash, leaf }) => [keyHash, leaf])), leaves };
  };
  for (const [count, shared] of [
    [1, 3],
    [700, 240], // More nodes and more leaves than there is room for at first.
    [3, 255],
    [1500, 2],
    [2, 100],
  ] as const) {
    const subtrees = Array.from({ length: count }, (_, seed) => subtree(seed, shared));
    const roots = subtreeRoots(subtrees.map(({ entries }) => wholeOf(entries, 0)));
    subtrees.forEach(({ leaves }, i) => assert.deepEqual(roots.slice(i * 32, i * 32 + 32), naiveRoot(leaves)));
  }
});

test("a top as it was before some updates has the root and the proofs of then", () => {
  const world = new World(6);
  const first: Write[] = Array.from({ length: 80 }, (_, i): Write => [keyOf(i), utf8(`value ${i}`)]);
  const then = world.apply(first);
  const valuesThen = new Map(world.values);
  const bucketsThen = new Map(world.buckets);
  const before = new Map<number, BucketRoot>();
  for (let round = 0; round < 5; round++) {
    const writes = Array.from({ length: 12 }, (_, i): Write => [
      keyOf(round * 9 + i * 7),
      i % 3 ? utf8("new") : undefined,
    ]);
    const { buckets, rootsBefore } = world.apply(writes);
    buckets.forEach(({ id, kindBefore }, i) => {
      if (!before.has(id)) before.set(id, { root: rootsBefore.subarray(i * 32, i * 32 + 32), kind: kindBefore });
    });
  }
  const top = topBefore(world.tree.top, before);
  assert.deepEqual(top.hash(1), then.root);
  const source: ProofSource = {
    ...world.source,
    top,
    bucket: (id) => bucketsThen.get(id) ?? NONE,
    valueOf: (key) => valuesThen.get(toHex(key)),
  };
  assert.ok(verifyMembership(STATE_PROOF_SPEC, then.root, prove(source, keyOf(0)), keyOf(0), utf8("value 0")));
  assert.ok(verifyNonMembership(STATE_PROOF_SPEC, then.root, prove(source, keyOf(80)), keyOf(80)));
});
