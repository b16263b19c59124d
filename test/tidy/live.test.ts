import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { allCommands } from "#cli/registry.js";
import { globalOptions, termOptions } from "#cli/run.js";
import { commandFiles } from "#cli/table.js";
import { resolveOptions } from "#cli/values.js";
import type { Options } from "#cli/option.js";
import { CliFault } from "#cli/fault.js";
import { rows } from "#node/config/table.js";
import { EVENT_NAMES } from "#node/rpc/events/node-events.js";
import { runLive, type LiveRun } from "./live-node.js";
import { missedBlock, slowClient } from "./rare-metrics.js";
import { root } from "./sources.js";
import { writtenMetrics } from "./written-metrics.js";

/** What the docs name and nothing reads, writes or sends is found by running: text can mention what no line reaches. */

const written = writtenMetrics();
let run: LiveRun;
before(async () => {
  missedBlock();
  await slowClient();
  run = await runLive(EVENT_NAMES, written);
});

const names = (file: "config" | "app" | "client"): string[] => rows(file).map(([name]) => name);
const absent = (wanted: readonly string[], found: ReadonlySet<string>) => wanted.filter((name) => !found.has(name));

test("a node reads every setting of config.toml and app.toml", () => {
  assert.deepEqual(absent([...names("config"), ...names("app")], run.settings), []);
});

test("commands read every setting of client.toml", async () => {
  const read = new Set<string>();
  const settings = new Proxy<Record<string, string>>({}, { get: (_, name) => void read.add(String(name)) });
  for (const { options } of await allCommands(commandFiles)) {
    const all: Options = { ...globalOptions, ...termOptions, ...(options as Options | undefined) };
    for (const [name, option] of Object.entries(all)) {
      try {
        resolveOptions({ [name]: option }, { flags: new Map(), positionals: [] }, { environment: {}, settings });
      } catch (error) {
        if (!(error instanceof CliFault)) throw error; // A flag that must be given.
      }
    }
  }
  assert.deepEqual(absent(names("client"), read), []);
});

test("every metric of the docs is written", () => {
  const [page = ""] = readFileSync(join(root, "docs/reference/metrics.md"), "utf8").split("## Of a gateway");
  const documented = [...page.matchAll(/^\| `(\w+)` \| (?:gauge|counter|histogram) /gm)].map(([, name]) => name!);
  assert.ok(documented.length > 30);
  assert.deepEqual(
    absent(
      documented.map((name) => `cometbft_${name}`),
      written,
    ),
    [],
  );
});

test("every kind of event that can be subscribed to is sent", () => {
  // A lock on the same block in a later round: the drive's own test has such a round (unit/node/drive/order.test.ts).
  assert.deepEqual(absent(EVENT_NAMES, run.events), ["Relock"]);
});
