import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "#proto/bytes.js";
import { RecordMaker } from "#node/storage/database/record-maker.js";
import { unseal } from "#node/storage/database/records.js";

test("a record keeps its key when its value is larger than the memory was, and the next one its own", () => {
  const maker = new RecordMaker();
  for (const length of [5, 50_000, 7, 200_000, 0]) {
    const key = utf8(`key ${length}`);
    const value = new Uint8Array(length).fill(length & 0xff);
    const [made, stored] = maker.of(key, value);
    assert.deepEqual(Uint8Array.from(made), key);
    assert.deepEqual(Uint8Array.from(unseal(key, stored!)), value);
  }
});
