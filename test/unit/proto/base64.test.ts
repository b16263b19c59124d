import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromBase64, fromBase64Url, toBase64 } from "#proto/base64.js";

test("base64 agrees with the platform's", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const text = Buffer.from(bytes).toString("base64");
      assert.equal(toBase64(bytes), text);
      assert.deepEqual(fromBase64(text), bytes);
      assert.deepEqual(fromBase64Url(Buffer.from(bytes).toString("base64url")), bytes);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test("base64 has one text a value", () => {
  for (const text of ["A", "AA", "AAA", "AB==", "AAB=", "AA=A", "A===", " AAA", "AA-_", "AAA\n", "AAAé"]) {
    assert.equal(fromBase64(text), undefined, JSON.stringify(text));
  }
});
