import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root, sources } from "#test/tidy/sources.js";

test("every line that the code cites stands in consensus/README.md", () => {
  const readme = readFileSync(join(root, "consensus", "README.md"), "utf8");
  const lines = new Set<number>();
  for (const [, cell] of readme.matchAll(/^\| (L\d[^|]*) \|/gm)) {
    const [from, to] = [...cell!.matchAll(/L(\d+)/g)].map((match) => Number(match[1]));
    for (let line = from!; line <= (cell!.includes("-") || cell!.includes(",") ? (to ?? from!) : from!); line++)
      lines.add(line);
  }
  assert.ok(lines.has(49) && lines.has(54) && lines.has(86));
  for (const { path, text } of sources("consensus")) {
    for (const [, line] of text.matchAll(/\bL(\d+)\b/g)) assert.ok(lines.has(Number(line)), `${path} cites L${line}`);
  }
});
