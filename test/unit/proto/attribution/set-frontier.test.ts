import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EMPTY_FRONTIER } from "#proto/attribution/frontier.js";
import { distinctSorted, FINGERPRINT_BYTES } from "#proto/attribution/packed.js";
import { extendFrontier, frontierRoot } from "#proto/attribution/set-frontier.js";
import { setRoot } from "#proto/attribution/set-tree.js";

test("a set that comes in chunks has the root of the whole set, however it is cut", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(fc.nat(20), { maxLength: 8 }), (bytes, cuts) => {
      const set = distinctSorted(bytes.subarray(0, bytes.length - (bytes.length % FINGERPRINT_BYTES)));
      let frontier = EMPTY_FRONTIER;
      let at = 0;
      for (const cut of [...cuts, set.length]) {
        const end = Math.min(set.length, at + cut * FINGERPRINT_BYTES);
        frontier = extendFrontier(frontier, set.subarray(at, end));
        at = end;
      }
      assert.deepEqual(frontierRoot(frontier), setRoot(set));
      assert.equal(frontier.count, set.length / FINGERPRINT_BYTES);
    }),
    { seed: 7, numRuns: 200 },
  );
});
