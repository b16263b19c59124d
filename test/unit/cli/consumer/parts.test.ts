import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { emptyMessage } from "#proto/codec/message.js";
import { providerHttp, isPrivateAddress } from "#cli/consumer/connect.js";
import { gatewayUrl, ranked, type ListedProvider } from "#cli/consumer/providers.js";
import { policyOptions, settingsOf } from "#cli/consumer/settings.js";
import type { Values } from "#cli/option.js";
import type { World } from "#cli/world.js";
import { tribd, withHome } from "../harness.js";

const signal = new AbortController().signal;
const get = { method: "GET", headers: {}, signal, redirect: "error" } as const;

test("providers are reached by https, without redirects, and at no private address", async () => {
  const to = (address: string) =>
    providerHttp(false, (_name, _options, done) => done(null, [{ address, family: address.includes(":") ? 6 : 4 }]));
  await assert.rejects(to("93.184.216.34")("http://api.example.com/", get), /is not https/);
  await assert.rejects(to("93.184.216.34")("https://127.0.0.1/", get), /127\.0\.0\.1 is a private address/);
  await assert.rejects(to("93.184.216.34")("https://[::1]/", get), /is a private address/);
  for (const address of [
    "127.0.0.1",
    "10.1.2.3",
    "169.254.169.254",
    "192.168.0.1",
    "::1",
    "fe80::1",
    "fd00::1",
    "::ffff:127.0.0.1",
  ]) {
    assert.ok(isPrivateAddress(address), address);
    await assert.rejects(to(address)("https://api.example.com/", get), /leads to the private address/, address);
  }
  assert.ok(!isPrivateAddress("93.184.216.34") && !isPrivateAddress("2606:2800:220:1:248:1893:25c8:1946"));
  const server = createServer(
    (_, response) => void response.writeHead(302, { location: "http://169.254.169.254/" }).end(),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await assert.rejects(providerHttp(true)(url, get), /redirects, which is not followed/);
  server.close();
});

const listed = (provider: string, opened: bigint, drawn: bigint, fees: bigint, more = {}): ListedProvider => ({
  ...{ provider, url: `https://${provider}.example.com`, validUntil: 1n, valid: true },
  record:
    drawn === 0n
      ? undefined
      : { ...emptyMessage("tributary.attribution.v1.ProviderRecord"), opened, drawn, fees: `${fees}`, selfDealt: "0" },
  ...more,
});

test("providers are ranked by what they opened in time, then by what others paid them", () => {
  const all = [
    listed("late", 8n, 10n, 900n),
    listed("new", 0n, 0n, 0n),
    listed("small", 5n, 5n, 10n),
    listed("large", 500n, 500n, 1_000n),
    listed("ended", 5n, 5n, 10n, { valid: false }),
    listed("local", 5n, 5n, 10n, { url: "https://127.0.0.1" }),
    listed("lied", 5n, 5n, 10n),
  ];
  const rules = { allowed: [], allowsPrivate: false };
  assert.deepEqual(
    ranked(all, rules, new Set(["lied"])).map(({ provider }) => provider),
    ["large", "small", "new", "late"],
  );
  const some = { allowed: ["late"], allowsPrivate: false };
  assert.deepEqual(
    ranked(all, some, new Set()).map(({ provider }) => provider),
    ["late"],
  );
  assert.equal(gatewayUrl("https://api.bob.dev/v1"), "https://api.bob.dev");
  assert.equal(gatewayUrl("https://api.bob.dev/ai"), "https://api.bob.dev/ai");
});

const nothing = Object.fromEntries(
  Object.entries(policyOptions).map(([name, { fallback }]) => [name, fallback as unknown]),
) as Values<typeof policyOptions>;
const world = { terms: { prefix: "trib", denom: "utrib", displayDenom: "trib", displayExponent: 6 } } as World;

test("the policy: defaults, a file, and flags above it", async () => {
  await withHome((home) => {
    const file = join(home, "policy.toml");
    writeFileSync(
      file,
      [
        'model = ["valley=3", "hill=4:their-hill"]',
        'request-max = "0.5trib"',
        'version-max = ["3=2trib"]',
        "open-all = true",
        "answer-tokens = 64",
        'delimiter = ["<source>...</source>"]',
        'role = ["tool", "system"]',
        'datanet = ["9", "2"]',
      ].join("\n"),
    );
    const read = settingsOf({ ...nothing, answerTokens: 32 }, file, world);
    assert.deepEqual(read.models, [
      { name: "valley", versionId: 3n, served: "valley" },
      { name: "hill", versionId: 4n, served: "their-hill" },
    ]);
    assert.deepEqual(read.policy, {
      ...{ requestMax: 500_000n, answerTokens: 32, addedTokens: 2_048, datanets: [2n, 9n], openAll: true },
      marking: { roles: ["system", "tool"], delimiters: [{ open: "<source>", close: "</source>" }] },
    });
    assert.deepEqual(read.caps, { day: 20_000_000n, versions: new Map([[3n, 2_000_000n]]) });
    assert.deepEqual(read.deposits, { deposit: 10_000_000n, least: 2_000_000n });
    return Promise.resolve();
  });
});

test("what is wrong in the policy is told by its name", async () => {
  await withHome((home) => {
    const file = join(home, "policy.toml");
    const table: readonly (readonly [string, RegExp])[] = [
      ["request-max = ", /policy file/],
      ['colour = "red"', /colour is no setting/],
      ['model = "valley=3"', /model is a list/],
      ['request-max = ["1trib"]', /request-max is one value/],
      ['request-max = "much"', /--request-max: "much" is not an amount/],
      ['model = ["valley"]', /--model "valley" is not a name with a version/],
      ['model = ["a=1", "a=2"]', /--model a is given twice/],
      ['version-max = ["x=1trib"]', /--version-max/],
      ['delimiter = ["<a>"]', /--delimiter "<a>" has no/],
      ['role = ["Tool"]', /--role and --delimiter/],
      ['datanet = ["-1"]', /--datanet/],
      ['least = "10trib"', /--least must be below --deposit/],
      ["answer-tokens = 0", /--answer-tokens/],
      ["open-all = 7", /--open-all/],
    ];
    for (const [line, message] of table) {
      writeFileSync(file, line);
      assert.throws(() => settingsOf(nothing, file, world), { message }, line);
    }
    return Promise.resolve();
  });
});

test("commands without a program and without a book say what to do", async () => {
  await withHome(async (home) => {
    const status = await tribd(["consumer", "status"], { home });
    assert.equal(status.code, 3);
    assert.match(status.stderr, /there is no book/);
    const run = await tribd(["consumer", "--from", "grace"], { home });
    assert.match(run.stderr, /--model is required/);
    const receipts = await tribd(["consumer", "receipts"], { home });
    assert.match(receipts.stderr, /begins one/);
    const close = await tribd(["consumer", "close", "1", "--from", "grace", "--keyring-backend", "test"], { home });
    assert.match(close.stderr, /there is no book/);
  });
});
