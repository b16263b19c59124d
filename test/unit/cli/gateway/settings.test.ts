import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { homeLayout } from "#node/config/home.js";
import { CliFault } from "#cli/fault.js";
import { loadSettings } from "#cli/gateway/settings/load.js";
import { readModel, readRelease } from "#cli/gateway/settings/models.js";
import type { World } from "#cli/world.js";

const folder = mkdtempSync(join(tmpdir(), "gateway-settings-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const world = {
  system: { environment: { MODEL_KEY: "secret", SPACED: "a b" } },
  home: homeLayout(folder),
  terms: { prefix: "trib", denom: "utrib", displayDenom: "trib", displayExponent: 6 },
} as unknown as World;

type Flags = Parameters<typeof loadSettings>[0];
const flags = (given: Partial<Flags> = {}): Flags => ({
  ...({ model: [readModel("m=3")], upstream: "http://127.0.0.1:8080/v1/" } as unknown as Flags),
  ...given,
});
const fileWith = (text: string): string => {
  const path = join(folder, "gateway.toml");
  writeFileSync(path, text);
  return path;
};
const fromFile = (text: string) => loadSettings({ settings: fileWith(text) } as Flags, world);

test("flags beat the file, the file beats defaults, and values are read the same way", () => {
  const plain = loadSettings(flags(), world);
  assert.deepEqual(plain.upstream, {
    url: "http://127.0.0.1:8080/v1",
    key: undefined,
    firstByteMs: 120_000,
    betweenMs: 60_000,
  });
  assert.deepEqual([plain.credit, plain.redeem.amount, plain.parallelMax], [1_000_000n, 1_000_000n, 64]);
  assert.equal(plain.directory, join(folder, "gateway"));
  const text = `upstream = "https://api.example.com/v1"
upstream-key-env = "MODEL_KEY"
credit = "2.5trib"
parallel = 8
[[models]]
name = "llama"
version = 4
upstream = "llama-3"
datanet = "7/2"
texts = "texts"`;
  const file = fromFile(text);
  assert.deepEqual([file.credit, file.parallelMax, file.upstream.key], [2_500_000n, 8, "secret"]);
  assert.deepEqual(file.models, [
    { name: "llama", versionId: 4n, upstream: "llama-3", texts: { datanetId: 7n, release: 2, folder: "texts" } },
  ]);
  const both = loadSettings({ ...flags({ parallel: 9 }), settings: fileWith(text) }, world);
  assert.deepEqual([both.parallelMax, both.upstream.url, both.models.length], [9, "http://127.0.0.1:8080/v1", 2]);
});

test("models and releases as flags", () => {
  assert.deepEqual(readModel("llama=3:llama-3.1:8b"), { name: "llama", versionId: 3n, upstream: "llama-3.1:8b" });
  assert.deepEqual(readRelease("4"), { datanetId: 4n, release: 0 });
  assert.deepEqual(readRelease("4/2"), { datanetId: 4n, release: 2 });
  for (const bad of ["llama", "=3", "a b=3", "llama=x"]) assert.throws(() => readModel(bad), CliFault, bad);
  for (const bad of ["", "0", "4/0", "4/2/1", "x"]) assert.throws(() => readRelease(bad), CliFault, bad);
});

test("bad settings are refused with their name and the fix", () => {
  const model = '[[models]]\nname = "m"\nversion = 3\n';
  const up = 'upstream = "http://127.0.0.1:8080/v1"\n';
  const rows: readonly (readonly [() => unknown, RegExp])[] = [
    [() => loadSettings({} as Flags, world), /--upstream is required/],
    [() => loadSettings(flags({ model: [] }), world), /no model is given/],
    [() => loadSettings(flags({ model: [readModel("m=3"), readModel("m=4")] }), world), /m is given twice/],
    [() => loadSettings(flags({ upstream: "ftp://x" }), world), /not a URL/],
    [() => loadSettings(flags({ upstream: "http://u:p@x/v1" }), world), /a user, a query or a fragment/],
    [() => loadSettings(flags({ upstreamKeyEnv: "MISSING" }), world), /no such variable/],
    [() => loadSettings(flags({ upstreamKeyEnv: "SPACED" }), world), /has spaces/],
    [() => loadSettings(flags({ upstreamKeyFile: join(folder, "none") }), world), /cannot be read/],
    [() => loadSettings(flags({ upstreamKeyFile: "a", upstreamKeyEnv: "b" }), world), /one of them/],
    [() => loadSettings(flags({ listen: "nowhere" }), world), /--listen nowhere is not an address/],
    [() => loadSettings(flags({ credit: "1.5utrib" }), world), /no fractions/],
    [() => loadSettings(flags({ texts: "t" }), world), /given together/],
    [() => fromFile("upstream ="), /is not TOML/],
    [() => fromFile(`${up}upstrem = "x"\n${model}`), /"upstrem" is no setting/],
    [() => fromFile(`${up}parallel = 0\n${model}`), /parallel: 0 is outside/],
    [() => fromFile(`${up}parallel = true\n${model}`), /neither text nor number/],
    [() => fromFile(`${up}models = 3`), /not a list of tables/],
    [() => fromFile(`${up}${model}price = 3`), /models\[0\]\.price is no setting/],
    [() => fromFile(`${up}${model}datanet = "4"`), /texts is not a folder/],
  ];
  for (const [load, reason] of rows) {
    assert.throws(load, (error) => error instanceof CliFault && reason.test(error.message), String(reason));
  }
});
