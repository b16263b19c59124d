import assert from "node:assert/strict";
import { test } from "node:test";
import type { Messages } from "#proto/codec/message.js";
import { ENDPOINT_VALID_MS_MAX } from "#state/modules/usage/endpoint.js";
import { usageErrors } from "#state/modules/usage/index.js";
import { useNatives } from "#node/runtime/natives.js";
import { Market, opening, type MarketOptions } from "../market.js";
import { person, type Person } from "../world.js";
import { alice, formed, heidi, openAndSettle, PREAMBLE, refuses, SPEECH, taken } from "./attribution-world.js";

useNatives();
const carol = person("carol");
const URL_OF_BOB = "https://api.bob.dev/v1";
const DAY_MS = 86_400_000n;
const market = (options: Partial<MarketOptions> = {}): Market =>
  new Market({ works: [{ owner: alice, text: PREAMBLE }], ...options });
type Change = Partial<Messages["tributary.usage.v1.MsgSetEndpoint"]>;
const set = (m: Market, who: Person, change: Change = {}) =>
  m.send(who, "tributary.usage.v1.MsgSetEndpoint", {
    ...{ provider: who.text, versionId: 1n, url: URL_OF_BOB, validUntil: m.world.time + DAY_MS },
    ...change,
  });
const providers = (m: Market, request: object = {}) =>
  m.query<"tributary.usage.v1.QueryProvidersResponse">("tributary.usage.v1", "Providers", {
    versionId: 1n,
    pagination: undefined,
    ...request,
  }).providers;

test("an endpoint is one row a provider and version: the last one said, until it is removed", () => {
  const m = market();
  taken(set(m, m.bob));
  taken(set(m, carol, { url: "https://carol.dev" }));
  taken(set(m, m.bob, { url: "https://[2606:4700::1]:8443" }));
  const listed = (): unknown => providers(m).map(({ provider, url, valid }) => [provider, url, valid]);
  const rows = [
    [m.bob.text, "https://[2606:4700::1]:8443", true],
    [carol.text, "https://carol.dev", true],
  ];
  const byAddress = rows.sort(([a], [b]) => Buffer.compare(keyOf(a as string), keyOf(b as string)));
  assert.deepEqual(listed(), byAddress);
  taken(set(m, carol, { url: "", validUntil: 0n }));
  assert.deepEqual(listed(), rows.filter(([provider]) => provider === m.bob.text)); // prettier-ignore
  refuses(set(m, carol, { url: "", validUntil: 0n }), usageErrors.endpointNotFound, carol.text);
  assert.deepEqual(providers(m, { versionId: 2n }), []);
});

const keyOf = (text: string): Uint8Array => [person("bob"), carol].find((who) => who.text === text)!.address;

const refusals: readonly (readonly [name: string, change: (m: Market) => Change, names: string])[] = [
  ["a script", () => ({ url: "javascript:alert(document.cookie)" }), "part: scheme"],
  ["text from right to left", () => ({ url: "https://api.bob.dev/\u202Egpj.exe" }), "part: characters"],
  ["ten kilobytes", () => ({ url: `https://api.bob.dev/${"a".repeat(10_240)}` }), "part: length"],
  ["a private address", () => ({ url: "https://192.168.0.1" }), "part: host"],
  ["a loopback address", () => ({ url: "https://[::1]" }), "part: host"],
  ["the metadata service of a cloud", () => ({ url: "https://169.254.169.254/latest" }), "part: host"],
  ["a name of the local machine", () => ({ url: "https://localhost:8551" }), "part: host"],
  ["http", () => ({ url: "http://api.bob.dev" }), "part: scheme"],
  ["a user that looks like a host", () => ({ url: "https://api.bob.dev@evil.dev" }), "part: userinfo"],
  ["a time that is over", ({ world }) => ({ validUntil: world.time }), "valid_until"],
  ["no time", () => ({ validUntil: 0n }), "valid_until"],
  [
    "a time beyond 400 days",
    ({ world }) => ({ validUntil: world.time + ENDPOINT_VALID_MS_MAX + 60_000n }),
    "valid_until",
  ],
  ["a time without a URL", () => ({ url: "" }), "valid_until"],
];
for (const [name, change, names] of refusals) {
  test(`an endpoint is refused: ${name}`, () => {
    const m = market();
    taken(set(m, m.bob));
    const before = providers(m);
    refuses(set(m, m.bob, change(m)), usageErrors.invalidEndpoint, names);
    assert.deepEqual(providers(m), before);
  });
}

test("an endpoint is of a version that channels can be opened for", () => {
  const m = market();
  refuses(set(m, m.bob, { versionId: 9n }), usageErrors.versionNotFound, "9");
  taken(m.send(m.bob, "tributary.model.v1.MsgSetStage", { owner: m.bob.text, versionId: 1n, stage: 4 }));
  refuses(set(m, m.bob), usageErrors.versionNotUsable, "stage");
});

test("a provider of a version that is no longer used can still remove its endpoint", () => {
  const m = market();
  taken(set(m, m.bob));
  taken(m.send(m.bob, "tributary.model.v1.MsgSetStage", { owner: m.bob.text, versionId: 1n, stage: 4 }));
  taken(set(m, m.bob, { url: "", validUntil: 0n }));
  assert.deepEqual(providers(m), []);
});

test("a chain whose genesis says so takes private hosts, and http to them alone", () => {
  const m = market({ usage: { private_endpoints: true } });
  taken(set(m, m.bob, { url: "http://127.0.0.1:8551/v1" }));
  taken(set(m, m.bob, { url: "https://localhost:8551" }));
  refuses(set(m, m.bob, { url: "http://api.bob.dev" }), usageErrors.invalidEndpoint, "part: scheme");
});

test("only the provider sets its endpoint", () => {
  const m = market();
  const order = { provider: m.bob.text, versionId: 1n, url: "https://evil.dev", validUntil: m.world.time + DAY_MS };
  assert.notEqual(m.send(carol, "tributary.usage.v1.MsgSetEndpoint", order).code, 0);
  assert.deepEqual(providers(m), []);
});

test("an endpoint whose time is over is listed as such", () => {
  const m = market();
  taken(set(m, m.bob, { validUntil: m.world.time + 5_000n }));
  assert.deepEqual(providers(m).map(({ valid }) => valid), [true]); // prettier-ignore
  m.blocks(5);
  assert.deepEqual(providers(m).map(({ valid }) => valid), [false]); // prettier-ignore
});

test("the list comes in pages", () => {
  const m = market();
  for (const who of [m.bob, carol, heidi]) taken(set(m, who));
  const all = providers(m).map(({ provider }) => provider);
  const page = (key: Uint8Array) =>
    m.query<"tributary.usage.v1.QueryProvidersResponse">("tributary.usage.v1", "Providers", {
      versionId: 1n,
      pagination: { key, offset: 0n, limit: 2n, countTotal: false, reverse: false },
    });
  const first = page(new Uint8Array(0));
  const second = page(first.pagination!.nextKey);
  assert.deepEqual([...first.providers, ...second.providers].map(({ provider }) => provider), all); // prettier-ignore
  assert.equal(first.providers.length, 2);
});

test("a provider's record follows from its settled batches: what was opened in time, and what it forfeited", () => {
  const { m, redeemed, batchId } = formed({}, [PREAMBLE, SPEECH]);
  taken(set(m, m.bob));
  taken(set(m, carol));
  const recordOf = (who: Person) => providers(m).find(({ provider }) => provider === who.text)!.record;
  assert.equal(recordOf(m.bob), undefined, "nothing is settled yet");
  taken(m.openSample(m.bob, batchId, [opening(redeemed, 0)]));
  m.blocks(12);
  const first = recordOf(m.bob)!;
  assert.deepEqual(
    [first.batches, first.withheldBatches, first.receipts, first.drawn, first.opened, first.forfeited],
    [1n, 1n, 2n, 2n, 1n, "2000"],
  );
  const channel = redeemed.voucher.channelId;
  m.ask(channel, 10_000n, PREAMBLE);
  const next = m.redeem(channel, m.sign(channel, true, 5_000n));
  m.endEpoch();
  openAndSettle(m, next);
  const both = recordOf(m.bob)!;
  assert.deepEqual(
    [both.batches, both.withheldBatches, both.receipts, both.drawn, both.opened, both.forfeited],
    [2n, 1n, 3n, 3n, 2n, "2000"],
  );
  assert.deepEqual([both.fees, both.audited, both.providerShare, both.selfDealt], ["35000", "30000", "6000", "0"]);
  assert.ok(both.firstHeight < both.lastHeight);
  assert.equal(recordOf(carol), undefined, "a record is earned, not set");
});

test("fees that a provider pays itself are said to be so in its record", () => {
  const m = market();
  const channel = m.open(m.bob, 100_000n);
  m.ask(channel, 10_000n, PREAMBLE);
  const voucher = m.sign(channel, true);
  taken(set(m, m.bob));
  const redeemed = m.redeem(channel, voucher);
  m.endEpoch();
  openAndSettle(m, redeemed);
  const { record } = providers(m)[0]!;
  assert.deepEqual([record!.fees, record!.selfDealt], ["10000", "10000"]);
});
