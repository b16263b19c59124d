import assert from "node:assert/strict";
import { after, test } from "node:test";
import { concat, fromHex, utf8, type Bytes } from "#proto/bytes.js";
import { backend, portable, setBackend, type Backend } from "#proto/crypto/backend.js";
import { ed25519PublicKey, signEd25519, verifyEd25519 } from "#proto/crypto/ed25519.js";
import { useNatives } from "#node/runtime/natives.js";

/** Hostile inputs 64 and 65: every verifier accepts what ZIP-215 accepts, or the chain forks where two differ. */

useNatives();
const backends: Readonly<Record<string, Backend>> = { native: backend(), portable };
after(useNatives);

const hex = (text: string): Bytes => fromHex(text)!;
const ends = (first: string, middle: string, last: string): string => first + middle.repeat(30) + last;

/** Encodings of the eight points of small order, and the six more that ZIP-215 reads as one of them. */
const SMALL_ORDER = [
  ends("01", "00", "00"),
  ends("ec", "ff", "7f"),
  ends("00", "00", "00"),
  ends("00", "00", "80"),
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  ends("01", "00", "80"),
  ends("ec", "ff", "ff"),
  ends("ee", "ff", "7f"),
  ends("ee", "ff", "ff"),
  ends("ed", "ff", "7f"),
  ends("ed", "ff", "ff"),
].map(hex);
const ZERO = new Uint8Array(32);
const MESSAGE = utf8("Zcash");

/** Test 1 to 3 of RFC 8032, section 7.1: secret, public, message, signature. */
const SIGNATURES = [
  [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
      "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac" +
      "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
] as const;

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const littleEndian = (bytes: Bytes): bigint => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
const bytesOf = (value: bigint): Bytes =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));

for (const [name, each] of Object.entries(backends)) {
  test(`${name}: all 196 signatures of small order with S = 0 are accepted (ZIP-215)`, () => {
    setBackend(each);
    for (const key of SMALL_ORDER) {
      for (const r of SMALL_ORDER) assert.ok(verifyEd25519(concat(r, ZERO), MESSAGE, key), `${key.join()} ${r.join()}`);
    }
  });

  test(`${name}: signatures of RFC 8032 are made and accepted, and with S + L or a flipped bit refused`, () => {
    setBackend(each);
    for (const [secret, key, message, signature] of SIGNATURES) {
      const made = hex(signature);
      assert.deepEqual(ed25519PublicKey(hex(secret)), hex(key));
      assert.deepEqual(signEd25519(hex(message), hex(secret)), made);
      assert.ok(verifyEd25519(made, hex(message), hex(key)));
      const s = littleEndian(made.subarray(32));
      for (let more = s + ORDER; more < 2n ** 256n; more += ORDER) {
        assert.ok(!verifyEd25519(concat(made.subarray(0, 32), bytesOf(more)), hex(message), hex(key)), "S + L");
      }
      for (let bit = 0; bit < 512; bit += 37) {
        const other = made.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        assert.ok(!verifyEd25519(other, hex(message), hex(key)), `bit ${bit}`);
      }
      assert.ok(!verifyEd25519(concat(made, Uint8Array.of(0)), hex(message), hex(key)));
    }
  });

  test(`${name}: a key or an R that is no point is refused, and does not throw`, () => {
    setBackend(each);
    const [, key, message, signature] = SIGNATURES[0];
    const noPoint = bytesOf(2n);
    assert.ok(!verifyEd25519(hex(signature), hex(message), noPoint));
    assert.ok(!verifyEd25519(concat(noPoint, hex(signature).subarray(32)), hex(message), hex(key)));
  });
}
