import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { concat, fromHex, toHex, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { printText } from "#proto/attribution/fingerprint.js";
import { tokenAt, tokenize } from "#proto/attribution/tokens.js";

/** A text with each step to its fingerprints, as proto/attribution/README.md says them; bytes are in hex. */
interface Case {
  readonly name: string;
  readonly text: string;
  readonly tokens: readonly {
    readonly token: string;
    readonly weight: 4 | 2 | 1;
    readonly preimage: string;
    readonly sha256: string;
    readonly hash: string;
  }[];
  readonly ends: readonly number[];
  /** The padded token hashes, then each level of the tree above them up to the root. */
  readonly first_window: { readonly levels: readonly string[] };
  readonly fingerprints: readonly string[];
}
const cases = JSON.parse(readFileSync("test/vectors/windows.json", "utf8")) as readonly Case[];
const bytes = (hex: string): Bytes => fromHex(hex)!;
const CLASSES = { 4: 0, 2: 1, 1: 2 } as const;

for (const { name, text, tokens, ends, first_window: window, fingerprints } of cases) {
  test(`the steps of a vector follow from each other: ${name}`, () => {
    for (const { token, weight, preimage, sha256: digest, hash } of tokens) {
      assert.equal(preimage, toHex(concat(utf8("poa2/tok"), Uint8Array.of(2), utf8(token))));
      assert.equal(digest, toHex(sha256(bytes(preimage))));
      assert.equal(hash.slice(0, 14), digest.slice(0, 14));
      assert.equal(bytes(hash)[7], (bytes(digest)[7]! & 0xfc) | CLASSES[weight]);
    }
    const hashes = tokens.slice(0, ends[0]).map(({ hash }) => hash);
    const padded = [64, 128, 256].find((size) => size >= 8 * hashes.length)!;
    assert.equal(window.levels[0], hashes.join("").padEnd(2 * padded, "0"));
    for (const [i, level] of window.levels.entries()) {
      const nodes = level.match(/.{128}/g) ?? [];
      if (nodes.length > 0) {
        assert.equal(window.levels[i + 1], nodes.map((node) => toHex(sha256(bytes(node)))).join(""));
      }
    }
    assert.equal(window.levels.at(-1)!.length, 64);
    assert.equal(fingerprints[0], window.levels.at(-1)!.slice(0, 16));
  });

  test(`the code takes the steps of the vector: ${name}`, () => {
    const found = tokenize(text);
    const print = printText(text);
    if (isRejection(found) || isRejection(print)) return assert.fail("rejected");
    assert.deepEqual(
      Array.from({ length: found.count }, (_, i) => tokenAt(found, i)),
      tokens.map(({ token }) => token),
    );
    assert.equal(toHex(print.tokens), tokens.map(({ hash }) => hash).join(""));
    assert.deepEqual([...print.ends], ends);
    assert.equal(toHex(print.fingerprints), fingerprints.join(""));
    return undefined;
  });
}
