import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8, type Bytes } from "#proto/bytes.js";
import { backend, portable, setBackend, type Backend } from "#proto/crypto/backend.js";
import { sha256 } from "#proto/crypto/hash.js";
import { secp256k1PublicKey, signSecp256k1, verifySecp256k1 } from "#proto/crypto/secp256k1.js";
import { bankSend } from "#proto/tx/build.js";
import { isRejection } from "#proto/rejection.js";
import { accountOf } from "#state/modules/auth/index.js";
import { useNatives } from "#node/runtime/natives.js";
import { remembering } from "#node/runtime/remembering.js";
import { openChainStore } from "#node/storage/chain-store.js";
import { MemoryDisk } from "#node/storage/database/memory-disk.js";
import { LoneChain } from "#test/fixtures/lone-chain.js";
import { person, signedTx } from "../../state/world.js";

/** Counts what is really verified, with a memory of `max` in front. */
function counted(max: number): { readonly verified: () => number } {
  useNatives();
  const natives = backend();
  let verified = 0;
  const counting: Backend = {
    ...natives,
    secp256k1Verify: (...inputs) => (verified++, natives.secp256k1Verify(...inputs)),
  };
  setBackend(remembering(counting, max));
  return { verified: () => verified };
}

const secret = (i: number): Bytes => sha256(utf8(`key ${i}`));

test("a good signature is verified once; with any other byte of signature, digest or key it is another one", () => {
  const { verified } = counted(10);
  const digest = sha256(utf8("document"));
  const inputs = [signSecp256k1(digest, secret(1)), digest, secp256k1PublicKey(secret(1))] as const;
  for (let i = 0; i < 3; i++) assert.ok(verifySecp256k1(...inputs));
  assert.equal(verified(), 1);
  for (const [which, input] of inputs.entries()) {
    for (const at of [1, input.length - 1]) {
      const altered = input.map((byte, i) => (i === at ? byte ^ 1 : byte));
      const changed = inputs.map((one, i) => (i === which ? altered : one)) as unknown as typeof inputs;
      const before = verified();
      for (let i = 0; i < 2; i++) assert.equal(verifySecp256k1(...changed), false, `input ${which}, byte ${at}`);
      assert.equal(verified(), before + 2, "what was bad is not remembered");
    }
  }
  setBackend(portable);
});

test("the memory is bounded, and what is asked for stays", () => {
  const { verified } = counted(3);
  const digest = sha256(utf8("document"));
  const ask = (i: number): boolean =>
    verifySecp256k1(signSecp256k1(digest, secret(i)), digest, secp256k1PublicKey(secret(i)));
  for (const i of [1, 2, 3, 1, 4]) assert.ok(ask(i)); // 2 was asked for longest ago.
  assert.equal(verified(), 4);
  assert.ok(ask(1) && ask(3) && ask(4));
  assert.equal(verified(), 4);
  assert.ok(ask(2));
  assert.equal(verified(), 5);
  setBackend(portable);
});

for (const count of [10, 1_000]) {
  test(`a signature is verified once while its transaction waits and in its block: ${count} waiting`, async () => {
    const { verified } = counted(2 * count);
    const retention = { stateHeights: 10n, proofHeights: 10n, blockHeights: 0n };
    const lone = await LoneChain.open(await openChainStore(new MemoryDisk().open(), retention));
    const alice = person("alice");
    const { number, sequence } = accountOf(lone.store.latest, alice.address) ?? { number: 0n, sequence: 0n };
    const message = bankSend(alice.text, alice.text, [{ denom: "utrib", amount: "1" }]);
    const txs = Array.from({ length: count }, (_, i) =>
      signedTx(alice, [message], { number, sequence: sequence + BigInt(i), gas: 90_000n }),
    );
    assert.ok(!(await lone.chain.check(txs)).some(isRejection));
    assert.equal(verified(), count);
    for (let i = 0; i < 2; i++) assert.deepEqual(await lone.chain.recheck(txs), []);
    const { dropped } = await lone.build(txs);
    assert.deepEqual(dropped, []);
    assert.equal(verified(), count, "neither recheck nor block verified one again");
    setBackend(portable);
  });
}
