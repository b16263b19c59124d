import assert from "node:assert/strict";
import { after, test } from "node:test";
import { concat, fromHex, toHex, utf8, type Bytes } from "#proto/bytes.js";
import { backend, portable, setBackend, type Backend } from "#proto/crypto/backend.js";
import { sha256 } from "#proto/crypto/hash.js";
import { secp256k1PublicKey, signSecp256k1, verifySecp256k1 } from "#proto/crypto/secp256k1.js";
import { useNatives } from "#node/runtime/natives.js";

/** Hostile input 66: one signature of a digest by a key has one form, or a transaction would have two hashes. */

useNatives();
const backends: Readonly<Record<string, Backend>> = { native: backend(), portable };
after(useNatives);

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const FIELD = 2n ** 256n - 2n ** 32n - 977n;
const bytesOf = (value: bigint): Bytes => fromHex(value.toString(16).padStart(64, "0"))!;
const valueOf = (bytes: Bytes): bigint => BigInt(`0x${toHex(bytes)}`);

/** RFC 6979 on secp256k1: secret, message (hashed by SHA-256), signature. Published with many implementations. */
const SIGNATURES: readonly (readonly [secret: bigint, message: string, signature: string])[] = [
  [
    1n,
    "Satoshi Nakamoto",
    "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8" +
      "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5",
  ],
  [
    1n,
    "All those moments will be lost in time, like tears in rain. Time to die...",
    "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b" +
      "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21",
  ],
  [
    ORDER - 1n,
    "Satoshi Nakamoto",
    "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0" +
      "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5",
  ],
];

for (const [name, each] of Object.entries(backends)) {
  test(`${name}: known signatures are made and accepted; s has one half, r and s are neither 0 nor the order`, () => {
    setBackend(each);
    for (const [secret, message, signature] of SIGNATURES) {
      const [digest, key] = [sha256(utf8(message)), secp256k1PublicKey(bytesOf(secret))];
      const made = signSecp256k1(digest, bytesOf(secret));
      assert.equal(toHex(made), signature);
      assert.ok(verifySecp256k1(made, digest, key));
      const [r, s] = [made.slice(0, 32), made.slice(32)];
      const refused: readonly (readonly [what: string, signature: Bytes])[] = [
        ["high s", concat(r, bytesOf(ORDER - valueOf(s)))],
        ["r of 0", concat(bytesOf(0n), s)],
        ["s of 0", concat(r, bytesOf(0n))],
        ["r of the order", concat(bytesOf(ORDER), s)],
        ["s of the order", concat(r, bytesOf(ORDER))],
        ["s above the order", concat(r, bytesOf(2n ** 256n - 1n))],
        ["a byte more", concat(made, Uint8Array.of(0))],
        ["a byte less", made.slice(0, 63)],
        ["DER", concat(fromHex("30440220")!, r, fromHex("0220")!, s)],
      ];
      for (const [what, other] of refused) assert.ok(!verifySecp256k1(other, digest, key), what);
    }
  });

  test(`${name}: keys are compressed points of the curve, everything else is refused and does not throw`, () => {
    setBackend(each);
    const [secret, message, signature] = SIGNATURES[0]!;
    const [digest, key, made] = [sha256(utf8(message)), secp256k1PublicKey(bytesOf(secret)), fromHex(signature)!];
    const x = key.slice(1);
    const refused: readonly (readonly [what: string, key: Bytes])[] = [
      ["the other half", concat(Uint8Array.of(key[0]! ^ 1), x)],
      ["an uncompressed prefix", concat(Uint8Array.of(4), x)],
      ["a hybrid prefix", concat(Uint8Array.of(6), x)],
      ["x alone", x],
      ["x of the field's size", concat(Uint8Array.of(2), bytesOf(FIELD))],
      ["x + p", concat(Uint8Array.of(2), bytesOf(FIELD + 1n))],
      ["x of no point", concat(Uint8Array.of(2), bytesOf(5n))],
    ];
    for (const [what, other] of refused) assert.ok(!verifySecp256k1(made, digest, other), what);
    assert.ok(!verifySecp256k1(made, digest.slice(1), key), "a short digest");
  });
}

test("the form is judged here: what a library would take beyond it does not get there", () => {
  setBackend({ ...portable, secp256k1Verify: () => true });
  const [secret, message, signature] = SIGNATURES[0]!;
  const [digest, key, made] = [sha256(utf8(message)), secp256k1PublicKey(bytesOf(secret)), fromHex(signature)!];
  const withS = (s: bigint): Bytes => concat(made.subarray(0, 32), bytesOf(s));
  const half = ORDER >> 1n;
  assert.deepEqual(
    [half - 1n, half, half + 1n, ORDER - 1n].map((s) => verifySecp256k1(withS(s), digest, key)),
    [true, true, false, false],
  );
  for (const prefix of [0, 1, 4, 5, 6, 7, 255]) {
    assert.ok(!verifySecp256k1(made, digest, concat(Uint8Array.of(prefix), key.subarray(1))), `prefix ${prefix}`);
  }
});
