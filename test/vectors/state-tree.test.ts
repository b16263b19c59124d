import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { concat, fromHex, toHex, u64be, utf8, type Bytes } from "#proto/bytes.js";
import { leafHash } from "#proto/light/state-spec.js";
import { u64Key } from "#state/store/key-codec.js";
import { keyspace } from "#state/store/keyspace.js";
import { MemoryBase } from "#state/store/memory.js";
import { textValue } from "#state/store/value-codec.js";
import { View } from "#state/store/view.js";

/** Frozen: what a state root is made of. Another rule would be another chain, with all of its own tests green. */

const sha = (...parts: readonly Bytes[]): Bytes =>
  new Uint8Array(
    createHash("sha256")
      .update(concat(...parts))
      .digest(),
  );

test("a leaf is SHA-256 of its tag, the hash of its key and the hash of its value", () => {
  const [key, value] = [utf8("key"), utf8("value")];
  assert.deepEqual(leafHash(sha(key), value), sha(utf8("tribleaf"), sha(key), sha(value)));
  assert.equal(toHex(leafHash(sha(key), value)), "96babd2fd028e6e4e8dcf563ae596db162d3e911536933b130f33c7f4fb4d25a");
});

test("a key is its module's byte, its table's byte and its parts: no table's rows begin like another's", () => {
  const module = keyspace(0x42);
  const tables = [1, 2, 255].map((number) => module.table(number, [u64Key], textValue));
  const view = new View(new MemoryBase());
  for (const table of tables) table.put(view, [7n], "x");
  assert.deepEqual(
    view.writes().map(([key]) => toHex(key)),
    ["4201", "4202", "42ff"].map((prefix) => prefix + toHex(u64be(7n))),
  );
  assert.deepEqual(tables[0]!.key([7n]), fromHex("42010000000000000007"));
});
