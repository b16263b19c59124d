import assert from "node:assert/strict";
import { test } from "node:test";
import { readRecords } from "#node/drive/log-record.js";

/** Complete records of any version pass the log's checksums: an operator may start another version than before. */

const foreign: readonly (readonly [what: string, record: Uint8Array])[] = [
  ["of an unknown kind", Uint8Array.of(9, 1, 2, 3)],
  ["without a kind", new Uint8Array(0)],
  ["of an input that this version does not know", Uint8Array.of(1, 250, 255, 1)],
];
for (const [what, record] of foreign) {
  test(`a record ${what} is a fault that says what to do, not a bug`, () => {
    assert.throws(() => readRecords([record]), {
      code: "storage.corrupt_log",
      message: /start the version that wrote it/,
    });
  });
}
