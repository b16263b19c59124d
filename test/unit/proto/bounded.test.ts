import assert from "node:assert/strict";
import { test } from "node:test";
import { BoundedMap, BoundedSet } from "#proto/bounded.js";

test("the entry that was set longest ago gives way", () => {
  const map = new BoundedMap<string, number>(2).set("a", 1).set("b", 2).set("a", 3).set("c", 4);
  assert.deepEqual(
    [...map],
    [
      ["a", 3],
      ["c", 4],
    ],
  );
  const set = new BoundedSet<string>(2).add("a").add("b").add("a").add("c");
  assert.deepEqual([...set], ["a", "c"]);
});
