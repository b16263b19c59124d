import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import type { Bytes } from "#proto/bytes.js";
import { backend, portable } from "#proto/crypto/backend.js";
import { nativesLoaded, useNatives } from "#node/runtime/natives.js";
import { rootOfKeys } from "#test/fixtures/root-without-natives.js";

useNatives();
const natives = backend();
const bytes = (length: number, seed: number): Bytes =>
  Uint8Array.from(
    { length },
    (_, i) =>
      createHash("md5")
        .update(`${seed} ${i >> 4}`)
        .digest()[i & 15]!,
  );

test("native hashes are the portable ones, for each length and batch", () => {
  for (let length = 0; length < 200; length++) {
    const data = bytes(length, length);
    assert.deepEqual(new Uint8Array(natives.sha256(data)), portable.sha256(data), `sha256 of ${length}`);
    assert.deepEqual(new Uint8Array(natives.sha512(data)), portable.sha512(data), `sha512 of ${length}`);
  }
  for (const count of [1, 2, 3, 7, 8, 9, 16, 17, 31, 64, 100, 1000]) {
    const blocks = bytes(count * 64, count);
    const [fast, slow] = [new Uint8Array(count * 32), new Uint8Array(count * 32)];
    natives.sha256Pairs(blocks, fast);
    portable.sha256Pairs(blocks, slow);
    assert.deepEqual(fast, slow, `${count} pairs`);
  }
});

test("a digest stays what it was while others are made", () => {
  const digests = Array.from({ length: 200 }, (_, i) => natives.sha256(bytes(70, i)));
  digests.forEach((digest, i) => assert.deepEqual(digest, portable.sha256(bytes(70, i))));
});

test("signatures are the same and are judged the same", () => {
  const key = bytes(32, 1);
  const message = bytes(90, 2);
  assert.deepEqual(natives.ed25519Sign(message, key), portable.ed25519Sign(message, key));
  assert.deepEqual(new Uint8Array(natives.secp256k1Sign(bytes(32, 3), key)), portable.secp256k1Sign(bytes(32, 3), key));
});

test("where no prebuild loads the root is the same", () => {
  assert.deepEqual(nativesLoaded, { "sodium-native": true, secp256k1: true, hashtree: true });
  const program = join(import.meta.dirname, "../../../fixtures/root-without-natives.js");
  const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8" });
  const alone = JSON.parse(stdout) as { loaded: object; root: string };
  assert.deepEqual(alone.loaded, { "sodium-native": false, secp256k1: false, hashtree: false }, stderr);
  assert.equal(alone.root, rootOfKeys());
});
