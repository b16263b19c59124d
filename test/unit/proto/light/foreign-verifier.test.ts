import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { present } from "#proto/assert.js";
import { concat, u64be, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { STATE_PROOF_SPEC } from "#proto/light/state-spec.js";
import { useNatives } from "#node/runtime/natives.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import type { Write } from "#state/store/base.js";

interface Foreign {
  readonly ics23: {
    readonly ProofSpec: { fromObject(spec: object): object };
    readonly CommitmentProof: {
      decode(bytes: Bytes): { exist?: { path: { prefix: Bytes; suffix: Bytes }[] } };
      encode(proof: object): { finish(): Bytes };
    };
  };
  verifyMembership(proof: object, spec: object, root: Bytes, key: Bytes, value: Bytes): boolean;
}
const { ics23, verifyMembership: foreignVerify } = createRequire(import.meta.url)("@confio/ics23") as Foreign;

useNatives();
const KEYS = 500;
const keyOf = (i: number): Bytes => utf8(`bank/balance/${i}`);
const valueOf = (i: number): Bytes => concat(utf8("value"), u64be(BigInt(i)));

// That library knows no order by hashed keys, so absence is beyond it; presence is what every ICS-23 library proves alike.
test("a library that is not ours verifies existence proofs of our state under our spec, and refuses false ones", async () => {
  const store = await openChainStore(new MemoryDisk().open());
  const writes = Array.from({ length: KEYS }, (_, i): Write => [keyOf(i), valueOf(i)]);
  const { root } = await store.commitGenesis({ document: utf8("g"), initialHeight: 1n, writes });
  const spec = ics23.ProofSpec.fromObject(STATE_PROOF_SPEC);
  const verify = (proof: Bytes, rootThen: Bytes, key: Bytes, value: Bytes): boolean => {
    try {
      return foreignVerify(ics23.CommitmentProof.decode(proof), spec, rootThen, key, value);
    } catch {
      return false; // It throws for bytes that are no message.
    }
  };
  for (let i = 0; i < KEYS; i += 7) {
    const { proof } = store.prove(keyOf(i), 0n);
    assert.ok(verify(proof, root, keyOf(i), valueOf(i)), `key ${i}`);
    assert.ok(!verify(proof, root, keyOf(i + 1), valueOf(i)));
    assert.ok(!verify(proof, root, keyOf(i), valueOf(i + 1)));
    assert.ok(!verify(proof, sha256(root), keyOf(i), valueOf(i)));
    const absent = store.prove(keyOf(KEYS + i), 0n).proof;
    assert.ok(!verify(absent, root, keyOf(KEYS + i), valueOf(i)));
  }
  const { proof } = store.prove(keyOf(3), 0n);
  const steps = present(ics23.CommitmentProof.decode(proof).exist?.path, "an existence proof has a path");
  assert.ok(steps.length > 5);
  for (const i of steps.keys()) {
    const changed = ics23.CommitmentProof.decode(proof);
    const { prefix, suffix } = changed.exist!.path[i]!;
    const sibling = prefix.length > 0 ? prefix : suffix;
    sibling[i]! ^= 1;
    assert.ok(!verify(ics23.CommitmentProof.encode(changed).finish(), root, keyOf(3), valueOf(3)), `step ${i}`);
  }
});
