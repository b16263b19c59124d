import assert from "node:assert/strict";
import { test } from "node:test";
import * as library from "#proto/client/index.js";
import { isMessageName } from "#proto/codec/json.js";
import { modules, queryPaths } from "#state/registry.js";

const OWN = "/tributary.";
const { allPages, BadAnswer, client, cosmosAny, ownAny, QueryError } = library;

test("every query of our own modules has the request and the response that its name promises", () => {
  const own = queryPaths().filter((path) => path.startsWith(OWN));
  assert.ok(own.length > 40);
  for (const path of own) {
    const stem = path.slice(1).replace("/", "");
    for (const suffix of ["Request", "Response"]) assert.ok(isMessageName(`${stem}${suffix}`), `${path}: ${suffix}`);
  }
});

test("every message that the chain takes can be built", () => {
  // What a wallet types for a Cosmos message is cosmjs-types' own; ours come from the schemas.
  for (const typeUrl of modules.flatMap(({ messages }) => messages.map((row) => row.typeUrl))) {
    const name = typeUrl.slice(1);
    if (isMessageName(name)) assert.equal(ownAny(name, {}).typeUrl, typeUrl);
    else assert.match(typeUrl, /^\/cosmos\./);
  }
});

const answering = (code: number, value: string) => {
  const asked: unknown[] = [];
  const answer = { code, codespace: code === 0 ? "" : "sdk", log: "", key: null, value, height: "3", proofOps: null };
  const node = client({
    send(body) {
      asked.push((JSON.parse(body) as { params: unknown }).params);
      return Promise.resolve(JSON.stringify({ jsonrpc: "2.0", id: 1, result: { response: answer } }));
    },
  });
  return { node, asked };
};

test("a query is typed by its name, fills what is left out, and tells an error from an answer", async () => {
  const totals = answering(0, Buffer.from([0x0a, 0x01, 0x37]).toString("base64"));
  const { fees, burned } = await totals.node.query("tributary.usage.v1.Query/Totals", {}, { height: 3n });
  assert.deepEqual([fees, burned], ["7", ""]);
  assert.deepEqual(totals.asked, [{ path: "/tributary.usage.v1.Query/Totals", data: "", height: "3" }]);
  const slug = answering(22, "");
  await assert.rejects(
    slug.node.query("tributary.datanet.v1.Query/Datanet", { slug: "valley" }),
    (error) => error instanceof QueryError && error.code === 22,
  );
  await assert.rejects(answering(0, "/w==").node.query("tributary.usage.v1.Query/Params"), library.BadAnswer);
});

test("a Cosmos query and a Cosmos message take their types from cosmjs-types", async () => {
  const { QueryBalanceRequest, QueryBalanceResponse } = await import("cosmjs-types/cosmos/bank/v1beta1/query");
  const { MsgMultiSend } = await import("cosmjs-types/cosmos/bank/v1beta1/tx");
  const coin = { denom: "utrib", amount: "5" };
  const bytes = QueryBalanceResponse.encode({ balance: coin }).finish();
  const { node } = answering(0, Buffer.from(bytes).toString("base64"));
  const types = [QueryBalanceRequest, QueryBalanceResponse] as const;
  const asked = { address: "trib1x", denom: "utrib" };
  assert.deepEqual((await node.cosmosQuery("cosmos.bank.v1beta1.Query/Balance", types, asked)).balance, coin);
  const any = cosmosAny(MsgMultiSend, MsgMultiSend.fromPartial({ inputs: [{ address: "trib1x", coins: [coin] }] }));
  assert.equal(any.typeUrl, "/cosmos.bank.v1beta1.MsgMultiSend");
});

test("pages are asked for one after the other; a node that always has another one is left", async () => {
  const asked: number[] = [];
  const last = Uint8Array.of(2);
  const rows = await allPages(
    ({ key }) => {
      asked.push(key.length);
      return Promise.resolve({
        row: asked.length,
        pagination: { nextKey: asked.length < 3 ? last : new Uint8Array(0) },
      });
    },
    ({ row }) => [row],
  );
  assert.deepEqual(
    [rows, asked],
    [
      [1, 2, 3],
      [0, 1, 1],
    ],
  );
  const endless = () => Promise.resolve({ pagination: { nextKey: last } });
  await assert.rejects(
    allPages(endless, () => []),
    BadAnswer,
  );
});
