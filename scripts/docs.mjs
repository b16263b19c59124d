// Writes docs/reference from the tables of the built program; --check names the pages that are not what they give.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { built, root } from "./docs/markdown.mjs";
import { cli } from "./docs/cli.mjs";
import { config } from "./docs/config.mjs";
import { errors } from "./docs/errors.mjs";
import { events } from "./docs/events.mjs";
import { metrics } from "./docs/metrics.mjs";
import { rest } from "./docs/rest.mjs";
import { rpc } from "./docs/rpc.mjs";

const { useNatives } = await built("node/runtime/natives");
useNatives();

const folder = join(root, "docs", "reference");
const check = process.argv.includes("--check");
const stale = [];
for (const [name, make] of Object.entries({ cli, rpc, rest, config, errors, events, metrics })) {
  const path = join(folder, `${name}.md`);
  const text = await make();
  if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
  stale.push(`docs/reference/${name}.md`);
  if (check) continue;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, text);
}
if (check && stale.length > 0) {
  process.stderr.write(`${stale.join(", ")}: not what the tables give; run \`npm run docs\` and commit\n`);
  process.exit(1);
}
