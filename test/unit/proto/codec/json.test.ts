import assert from "node:assert/strict";
import { test } from "node:test";
import { fromJson, toAminoJson, toJson } from "#proto/codec/json.js";
import type { Messages } from "#proto/codec/message.js";
import { isRejection } from "#proto/rejection.js";

const datanet: Messages["tributary.datanet.v1.MsgUpdateDatanet"] = {
  creator: "trib1x",
  datanetId: 18446744073709551615n,
  title: "",
  cardHash: Uint8Array.of(1, 2, 255),
  cardUri: "",
  termsHash: new Uint8Array(0),
  termsUri: "",
  mediaTypes: ["text/plain"],
  contentBytesMax: 0n,
  contributionsMax: 7,
  bond: "5",
  treasuryBasisPoints: 0,
  contributors: [],
};

test("gateway style writes every field: snake_case, 64 bits as text, bytes in base64", () => {
  assert.deepEqual(toJson("tributary.datanet.v1.MsgUpdateDatanet", datanet), {
    creator: "trib1x",
    datanet_id: "18446744073709551615",
    title: "",
    card_hash: "AQL/",
    card_uri: "",
    terms_hash: "",
    terms_uri: "",
    media_types: ["text/plain"],
    content_bytes_max: "0",
    contributions_max: 7,
    bond: "5",
    treasury_basis_points: 0,
    contributors: [],
  });
});

test("amino style leaves defaults out", () => {
  assert.deepEqual(toAminoJson("tributary.datanet.v1.MsgUpdateDatanet", datanet), {
    creator: "trib1x",
    datanet_id: "18446744073709551615",
    card_hash: "AQL/",
    media_types: ["text/plain"],
    contributions_max: 7,
    bond: "5",
  });
});

test("both styles read back to the same message", () => {
  const name = "tributary.datanet.v1.MsgUpdateDatanet";
  assert.deepEqual(fromJson(name, toJson(name, datanet)), datanet);
  assert.deepEqual(fromJson(name, toAminoJson(name, datanet)), datanet);
});

test("sub-messages, lists of them, and absent ones", () => {
  const name = "tributary.chain.v1.Certificate";
  const value = {
    height: 5n,
    round: 1,
    blockId: undefined,
    signatures: [{ index: 3, validator: Uint8Array.of(9), signature: Uint8Array.of(8) }],
  };
  const json = toJson(name, value);
  assert.deepEqual(json["block_id"], null);
  assert.deepEqual(fromJson(name, json), value);
});

const REFUSED: readonly (readonly [json: Parameters<typeof fromJson>[1], field: RegExp])[] = [
  [{ datanet_id: "18446744073709551616" }, /datanet_id/],
  [{ datanet_id: "-1" }, /datanet_id/],
  [{ datanet_id: "007" }, /datanet_id/],
  [{ datanet_id: 0.5 }, /datanet_id/],
  [{ datanet_id: "1", datanetId: "1" }, /datanet_id/],
  [{ contributions_max: "4294967296" }, /contributions_max/],
  [{ card_hash: "!!" }, /card_hash/],
  [{ media_types: "text" }, /media_types/],
  [{ media_types: [null] }, /media_types\[0\]/],
  [{ title: 5 }, /title/],
  [{ titel: "x" }, /titel/],
  ["text", /MsgUpdateDatanet/],
];
for (const [json, field] of REFUSED) {
  test(`refuses ${JSON.stringify(json)} by field`, () => {
    const value = fromJson("tributary.datanet.v1.MsgUpdateDatanet", json);
    assert.ok(isRejection(value));
    assert.match(String(value.data["field"]), field);
  });
}
