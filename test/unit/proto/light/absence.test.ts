import assert from "node:assert/strict";
import { CommitmentProof, type ExistenceProof } from "cosmjs-types/cosmos/ics23/v1/proofs";
import { test } from "node:test";
import { present } from "#proto/assert.js";
import { compareBytes, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { verifyNonMembership } from "#proto/light/ics23.js";
import { STATE_PROOF_SPEC } from "#proto/light/state-spec.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import type { Write } from "#state/store/base.js";

/** Hostile input 67: that a key has no value is shown by the two leaves next to it, by no others. */

const keys = Array.from({ length: 60 }, (_, i) => utf8(`key/${i}`)).sort((a, b) => compareBytes(sha256(a), sha256(b)));
const store = await openChainStore(new MemoryDisk().open());
const writes = keys.map((key): Write => [key, utf8("value")]).sort(([a], [b]) => compareBytes(a, b));
const { root } = await store.commitGenesis({ document: utf8("g"), initialHeight: 1n, writes });

const existence = (index: number): ExistenceProof =>
  present(CommitmentProof.decode(store.prove(keys[index]!, 0n).proof).exist, "the key has a value");

/** The claim that `key` is absent, by the leaves of these indexes in the order of the tree. */
function claimed(key: Bytes, left: number | undefined, right: number | undefined): boolean {
  const nonexist = {
    key,
    ...(left === undefined ? {} : { left: existence(left) }),
    ...(right === undefined ? {} : { right: existence(right) }),
  };
  const proof = CommitmentProof.encode(CommitmentProof.fromPartial({ nonexist })).finish();
  return verifyNonMembership(STATE_PROOF_SPEC, root, proof, key);
}

/** Some absent key and where it would stand. */
const absent = utf8("absent");
const at = keys.findIndex((key) => compareBytes(sha256(key), sha256(absent)) > 0);
const end = keys.length - 1;

test("the neighbours of an absent key show that it is absent", () => {
  assert.ok(at > 1 && at < end);
  assert.ok(claimed(absent, at - 1, at));
});

test("no other leaves do: further away, on one side, swapped, or none", () => {
  const others: readonly (readonly [left: number | undefined, right: number | undefined])[] = [
    ...([
      [at - 2, at],
      [at - 1, at + 1],
      [0, end],
      [at, at - 1],
    ] as const),
    ...([
      [at, at + 1],
      [at - 2, at - 1],
      [at - 1, at - 1],
    ] as const),
    ...([
      [at - 1, undefined],
      [undefined, at],
      [end, undefined],
      [undefined, 0],
      [undefined, undefined],
    ] as const),
  ];
  for (const [left, right] of others) assert.ok(!claimed(absent, left, right), `${left} ${right}`);
});

test("a key that is there is absent by no leaves", () => {
  for (const index of [0, 1, 30, end - 1, end]) {
    const around = [undefined, index - 2, index - 1, index, index + 1, index + 2].filter(
      (near) => near === undefined || (near >= 0 && near <= end),
    );
    for (const left of around) {
      for (const right of around) assert.ok(!claimed(keys[index]!, left, right), `${left} ${index} ${right}`);
    }
  }
});
