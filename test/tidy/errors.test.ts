import assert from "node:assert/strict";
import { test } from "node:test";
import { sources } from "./sources.js";

/** Errors that report no failure of the world, and why each of them is one. */
const APART: Readonly<Record<string, string>> = {
  Fault: "the base of all that do",
  AssertionError: "a bug",
  OutOfGas: "ends one transaction, or one question about its gas",
  TooBroad: "ends one search",
  RpcError: "a node's answer, which refuses",
  QueryError: "a node's answer, which refuses",
  Stopped: "was asked for",
  HaltReached: "was asked for",
};

/** Where a library's own guard catches what is thrown. */
const GUARDED = ["proto/tx/json.ts", "node/rpc/rest/cosmos-json.ts"];

const product = sources("proto", "state", "consensus", "p2p", "node", "cli");

test("a class of errors is a Fault, or says why it is not", () => {
  const found = product.flatMap(({ code }) =>
    [...code.matchAll(/class (\w+)(?:<[^{]*>)? extends \w*Error\b/g)].map(([, name]) => name!),
  );
  assert.deepEqual(found.sort(), Object.keys(APART).sort());
});

test("a broken assertion is an AssertionError", () => {
  for (const { path, code } of product) {
    const plain = /throw new (?:Range|Type)?Error\(/.exec(code);
    assert.ok(plain === null || GUARDED.includes(path), `${path}: ${plain?.[0]}`);
  }
});
