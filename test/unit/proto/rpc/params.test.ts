import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "#proto/codec/json-text.js";
import { isRejection } from "#proto/rejection.js";
import { paramsFromJson, paramsFromUrl, type Method } from "#proto/rpc/routes.js";

const url = (text: string) => {
  const search = new URLSearchParams(text);
  return (name: string) => search.get(name) ?? undefined;
};

const JSON_FORMS: readonly (readonly [Method, Json | undefined, Record<string, unknown>])[] = [
  ["block", undefined, { height: undefined }],
  ["block", { height: "5" }, { height: 5n }],
  ["block", { height: 5 }, { height: 5n }],
  ["block", ["5"], { height: 5n }],
  ["block", { height: null, extra: 1 }, { height: undefined }],
  ["tx", { hash: "AQI=", prove: true }, { hash: Uint8Array.of(1, 2), prove: true }],
  ["subscribe", ["tm.event='NewBlock'"], { query: "tm.event='NewBlock'" }],
  [
    "abci_query",
    { path: "/a/B", data: "0a0b", prove: false },
    { path: "/a/B", data: Uint8Array.of(10, 11), height: undefined, prove: false },
  ],
];
for (const [method, json, expected] of JSON_FORMS) {
  test(`${method} from ${JSON.stringify(json)}`, () => assert.deepEqual({ ...paramsFromJson(method, json) }, expected));
}

const URL_FORMS: readonly (readonly [Method, string, Record<string, unknown>])[] = [
  ["block", "height=5", { height: 5n }],
  ["block", "height=%225%22", { height: 5n }],
  ["block", "height=", { height: undefined }],
  ["tx", "hash=0x0102&prove=true", { hash: Uint8Array.of(1, 2), prove: true }],
  ["broadcast_tx_sync", "tx=%22abc%22", { tx: Uint8Array.of(97, 98, 99) }],
  [
    "tx_search",
    "query=%22tx.height=5%22&per_page=30",
    { query: "tx.height=5", prove: undefined, page: undefined, per_page: 30, order_by: undefined },
  ],
];
for (const [method, text, expected] of URL_FORMS) {
  test(`${method}?${text}`, () => assert.deepEqual({ ...paramsFromUrl(method, url(text)) }, expected));
}

const REFUSED: readonly (readonly [Method, Json, string])[] = [
  ["block", { height: "-1" }, "invalid"],
  ["block", { height: 1.5 }, "invalid"],
  ["block", { height: "0x10" }, "invalid"],
  ["block", { height: "007" }, "invalid"],
  ["block", { height: "9223372036854775808" }, "invalid"],
  ["block", { height: true }, "invalid"],
  ["block", "5", "invalid"],
  ["block", ["5", "6"], "tooMany"],
  ["tx", {}, "missing"],
  ["tx", { hash: "zz" }, "invalid"],
  ["validators", { page: "4294967296" }, "invalid"],
  ["abci_query", { path: "/a", data: "0x0a" }, "invalid"],
];
for (const [method, json, name] of REFUSED) {
  test(`${method} refuses ${JSON.stringify(json)}`, () => {
    const value = paramsFromJson(method, json);
    assert.ok(isRejection(value));
    assert.equal(value.name, name);
  });
}
