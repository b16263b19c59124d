import assert from "node:assert/strict";
import { test } from "node:test";
import { compareBytes, concat, u32be, u64be, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { leafHash } from "#proto/light/state-spec.js";
import { useNatives } from "#node/runtime/natives.js";
import { cutLeaves, type Cut } from "#node/storage/snapshots/cut.js";
import type { StateLeaf } from "#node/storage/snapshots/state-after.js";
import { depthAt, disorder, foldRoots, placeOf, rootOfLeaves, spanEnd } from "#node/storage/snapshots/subtrees.js";

useNatives();
const FRAME = 16;

function leafOf(i: number, keyHash = sha256(u32be(i)), length = (i * 31) % 90): Required<StateLeaf> {
  const value = new Uint8Array(length + 1).fill(i);
  return { keyHash, leaf: leafHash(keyHash, value), key: u32be(i), value };
}

const stateOf = (count: number): StateLeaf[] =>
  Array.from({ length: count }, (_, i) => leafOf(i)).sort((a, b) => compareBytes(a.keyHash, b.keyHash));

async function cutsOf(leaves: readonly StateLeaf[], bytesMax: number): Promise<Cut[]> {
  async function* each() {
    for (const leaf of leaves) yield await Promise.resolve(leaf);
  }
  const out: Cut[] = [];
  for await (const cut of cutLeaves(each(), bytesMax)) out.push(cut);
  return out;
}

const subtree = ({ from, depth, leaves }: Cut) => ({
  from,
  depth,
  entries: leaves.length,
  root: rootOfLeaves(leaves, depth),
  file: sha256(u64be(from)),
});

const bytesOf = (leaves: readonly StateLeaf[]): number =>
  leaves.reduce((sum, { key, value }) => sum + key.length + value.length + FRAME, 0);

test("chunks are the largest subtrees that fit, have every leaf once, and fold to the root of all", async () => {
  for (const count of [0, 1, 2, 3, 7, 100, 1500]) {
    const state = stateOf(count);
    for (const bytesMax of [1, 200, 1000, 5000, 1e9]) {
      const cuts = await cutsOf(state, bytesMax);
      const label = `${count} leaves, ${bytesMax} bytes`;
      assert.deepEqual(
        cuts.flatMap(({ leaves }) => leaves),
        state,
        label,
      );
      assert.equal(disorder(cuts), undefined, label);
      assert.deepEqual(foldRoots(cuts.map(subtree)), rootOfLeaves(state, 0), label);
      for (const { from, depth, leaves } of cuts) {
        assert.ok(leaves.length === 1 || bytesOf(leaves) <= bytesMax, label);
        if (depth === 0) continue;
        const wider = { from: from & ~(1n << BigInt(64 - depth)), depth: depth - 1 };
        const inside = state.filter(({ keyHash }) => {
          const place = placeOf(keyHash);
          return place >= wider.from && place < spanEnd(wider);
        });
        assert.ok(
          inside.length > 1 && bytesOf(inside) > bytesMax,
          `${label}: a chunk of depth ${depth} could be wider`,
        );
      }
      if (bytesMax === 1) assert.equal(cuts.length, count, label);
      if (bytesMax === 1e9) assert.equal(cuts.length, Math.min(count, 1), label);
    }
  }
});

test("a leaf that changes changes its own chunk only", async () => {
  const state = stateOf(1000);
  const before = (await cutsOf(state, 4000)).map(subtree);
  const { keyHash, key, value } = state[500]!;
  const changed = value.map((byte) => byte ^ 1);
  const after = await cutsOf(state.with(500, { keyHash, key, value: changed, leaf: leafHash(keyHash, changed) }), 4000);
  assert.ok(before.length > 10);
  const different = after.map(subtree).filter(({ root }, i) => compareBytes(root, before[i]!.root) !== 0);
  assert.equal(different.length, 1);
});

test("leaves that share many bits are cut below them, and more than 64 are refused", async () => {
  const near = (last: number): Bytes => concat(new Uint8Array(7).fill(0xab), Uint8Array.of(last), new Uint8Array(24));
  const state = [leafOf(1, near(0), 600), leafOf(2, near(1), 600), leafOf(3, near(128), 600)];
  const cuts = await cutsOf(state, 1000);
  assert.deepEqual(
    cuts.map(({ depth }) => depth),
    [64, 64, 57],
  );
  assert.deepEqual(foldRoots(cuts.map(subtree)), rootOfLeaves(state, 0));
  const same = concat(near(0).subarray(0, 31), Uint8Array.of(1));
  await assert.rejects(cutsOf([state[0]!, leafOf(4, same, 600)], 1000), { code: "snapshot.too_large" });
});

test("a subtree with empty ones around it folds like the whole: a lone leaf stands for them, more are hashed with zeros", () => {
  for (const count of [1, 2]) {
    for (const first of [0x00, 0x5a, 0xff]) {
      const near = (last: number): Bytes => concat(Uint8Array.of(first), new Uint8Array(30), Uint8Array.of(last));
      const state = Array.from({ length: count }, (_, i) => leafOf(i, near(i)));
      for (const depth of [0, 1, 5, 8]) {
        const from = (placeOf(near(0)) >> BigInt(64 - depth)) << BigInt(64 - depth);
        assert.deepEqual(foldRoots([subtree({ from, depth, leaves: state })]), rootOfLeaves(state, 0));
      }
    }
  }
});

test("spans that do not begin where their depth allows, or lie in one another, are told apart from those in order", () => {
  const half = 1n << 63n;
  assert.equal(depthAt(0n), 0);
  assert.equal(depthAt(half), 1);
  assert.equal(depthAt(1n), 64);
  assert.equal(
    disorder([
      { from: 0n, depth: 1 },
      { from: half, depth: 1 },
    ]),
    undefined,
  );
  assert.match(disorder([{ from: half, depth: 0 }])!, /no subtree/);
  assert.match(
    disorder([
      { from: 0n, depth: 0 },
      { from: half, depth: 1 },
    ])!,
    /out of order/,
  );
  assert.match(
    disorder([
      { from: half, depth: 1 },
      { from: 0n, depth: 1 },
    ])!,
    /out of order/,
  );
  assert.match(disorder([{ from: 0n, depth: 65 }])!, /depth 65/);
});
