import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { toHex, utf8 } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isAssigned } from "#proto/unicode/classes.js";
import { readRows } from "#proto/unicode/decode.js";
import { nfkc } from "#proto/unicode/nfkc.js";
import * as tables from "#proto/unicode/tables.js";

test("the committed tables are what the generator writes on this engine", () => {
  execFileSync(process.execPath, ["scripts/unicode.mjs", "--check"], { stdio: "pipe" });
});

test("the tables have the hash that genesis carries, and it is frozen", () => {
  const names = [
    ...(["ASSIGNED", "IGNORABLE", "LETTERS", "MARKS", "WEIGHT_2", "WEIGHT_1", "LOOKALIKES"] as const),
    ...(["COMBINING_CLASSES", "DECOMPOSITIONS", "COMPOSITIONS"] as const),
  ];
  const text = names.map((name) => `${name}\n${tables[name]}\n`).join("");
  assert.equal(toHex(sha256(utf8(text))), tables.UNICODE_TABLES_HASH);
  assert.equal(tables.UNICODE_TABLES_HASH, "988c99868bd4b986ce3863441de5abd330d9e243677fe4c8866aff92e3cc59af");
});

/** All code points that Unicode 15.0 assigns; later engines must agree on them by the stability policy. */
const assigned: number[] = [];
for (let point = 0; point < 0x11_0000; point++) if (isAssigned(point)) assigned.push(point);

test("NFKC is the engine's on every code point of Unicode 15.0", () => {
  assert.equal(assigned.length, 286_719);
  for (const point of assigned) {
    const text = String.fromCodePoint(point);
    if (nfkc(text) !== text.normalize("NFKC")) assert.fail(`U+${point.toString(16)}`);
  }
});

test("NFKC is the engine's on sequences that reorder and compose", () => {
  const lively = assigned.filter((point) => {
    const text = String.fromCodePoint(point);
    return text.normalize("NFKD") !== text || /\p{M}/u.test(text) || (point >= 0x1100 && point < 0x1200);
  });
  const point = fc.oneof(
    fc.nat(assigned.length - 1).map((i) => assigned[i]!),
    fc.nat(lively.length - 1).map((i) => lively[i]!),
  );
  const text = fc.array(point, { minLength: 1, maxLength: 10 }).map((points) => String.fromCodePoint(...points));
  fc.assert(
    fc.property(text, (sample) => assert.equal(nfkc(sample), sample.normalize("NFKC"))),
    { seed: 15, numRuns: 20_000 },
  );
});

test("NFKC is the engine's where something stands between the two of a composition", () => {
  const between = ["", "\u033d", "\u0323", "\u0345", "\u0334", "\u0301", "\u0323\u033d", "x", "\u200d"];
  readRows(tables.COMPOSITIONS, ([first, second]) => {
    for (const middle of between) {
      const text = `${String.fromCodePoint(first!)}${middle}${String.fromCodePoint(second!)}`;
      assert.equal(nfkc(text), text.normalize("NFKC"));
    }
  });
});

test("what 15.0 does not assign becomes U+FFFD", () => {
  assert.equal(nfkc("a\u0378\u1c89\u{2ebf0}"), "a\ufffd\ufffd\ufffd");
});

test("many marks on one letter are ordered in time, not in the square of it", () => {
  const marks = "\u0323\u0301".repeat(20_000);
  assert.equal(nfkc(`a${marks}`), `a${marks}`.normalize("NFKC"));
});
