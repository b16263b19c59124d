import assert from "node:assert/strict";
import { test } from "node:test";
import { message } from "#proto/codec/message.js";
import { tributaryQuery } from "#node/rpc/rest/tributary.js";
import type { AbciQuery } from "#proto/rpc/abci.js";

const V1 = "tributary.datanet.v1";
const contributions = message(`${V1}.QueryContributionsRequest`);
const page = message(`${V1}.QueryContributionsResponse`).encode({
  contributions: [],
  pagination: { nextKey: Uint8Array.of(7), total: 9n },
});

async function asked(path: string) {
  const seen: AbciQuery[] = [];
  const reply = await tributaryQuery(new URL(path, "http://node"), undefined, {
    query: (request) => {
      seen.push(request);
      const empty = { code: 0, codespace: "", log: "", key: new Uint8Array(0), proofOps: [] };
      return Promise.resolve({ ...empty, value: page, height: 5n });
    },
  });
  return { seen, status: reply.status, body: JSON.parse(reply.body.join("")) as Record<string, unknown> };
}

test("lists of our own modules are paged with the Cosmos SDK's parameters", async () => {
  const query = "pagination.limit=2&pagination.key=Bw%3D%3D&pagination.reverse=true&pagination.count_total=false";
  const { seen, body } = await asked(`/tributary/datanet/v1/contributions/3?${query}`);
  assert.equal(seen[0]?.path, `/${V1}.Query/Contributions`);
  const pagination = { key: Uint8Array.of(7), offset: 0n, limit: 2n, countTotal: false, reverse: true };
  assert.deepEqual(contributions.decode(seen[0]!.data), { datanetId: 3n, pagination });
  assert.deepEqual(body["pagination"], { next_key: "Bw==", total: "9" });
});

for (const [query, field] of [
  ["pagination.limit=-1", "pagination.limit"],
  ["pagination.limit=100000000000000000000", "pagination.limit"],
  ["pagination.reverse=yes", "pagination.reverse"],
  ["pagination.size=1", "pagination.size"],
  ["pagination=5", "pagination"],
  ["pagination=5&pagination.limit=1", "pagination"],
  ["limit=5", "limit"],
  ["datanet_id.x=5", "datanet_id"],
] as const) {
  test(`${query} is refused by name and asks nothing`, async () => {
    const { seen, status, body } = await asked(`/tributary/datanet/v1/contributions?${query}`);
    assert.deepEqual([status, seen.length], [400, 0]);
    assert.match(String(body["message"]), new RegExp(`field: ${field.replace(".", "\\.")},`));
  });
}
