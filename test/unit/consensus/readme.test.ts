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
    for (let line = from!; line <= (cell!.includes("-") || cell!.includes(",") ? (to ?? from!) : from!); line++) {
      lines.add(line);
    }
  }
  assert.ok(lines.has(49) && lines.has(54) && lines.has(86));
  for (const { path, text } of sources("consensus")) {
    for (const [, line] of text.matchAll(/\bL(\d+)\b/g)) assert.ok(lines.has(Number(line)), `${path} cites L${line}`);
  }
});

/** "T1 - T14, T16" as single rules. */
function expanded(cell: string): string[] {
  return [...cell.matchAll(/([TXL])(\d+)(?: - [TXL](\d+))?/g)].flatMap(([, letter, from, to]) => {
    const last = Number(to ?? from);
    return Array.from({ length: last - Number(from) + 1 }, (_, i) => `${letter}${Number(from) + i}`);
  });
}

test("every rule has the test that consensus/README.md names", () => {
  const [, table] = /^## Tests of the rules\n([\s\S]*?)^## /m.exec(
    readFileSync(join(root, "consensus", "README.md"), "utf8"),
  )!;
  const held = new Set<string>();
  for (const [, rules, where] of table!.matchAll(/^\| ([TXL]\d[^|]*) \| ([^|]+) \|$/gm)) {
    for (const part of where!.split(";")) {
      const [, file] = /`([^`]+)`/.exec(part)!;
      const titles = [
        ...readFileSync(join(root, "test", `${file}.test.ts`), "utf8").matchAll(/test\(\s*(["`])(.*)\1/g),
      ];
      const wanted = [...part.matchAll(/"([^"]+)"/g)].map(([, title]) => title!);
      for (const title of wanted) {
        assert.ok(
          titles.some(([, , each]) => each!.startsWith(title)),
          `${file}: "${title}"`,
        );
      }
      for (const rule of expanded(rules!)) {
        const named = new RegExp(`^(\\w+, )*${rule}\\b`);
        assert.ok(wanted.length > 0 || titles.some(([, , each]) => named.test(each!)), `${file}: ${rule}`);
        held.add(rule);
      }
    }
  }
  const all = [...expanded("T1 - T21"), ...expanded("X1 - X3"), ...expanded("L73 - L86")];
  assert.deepEqual(
    all.filter((rule) => !held.has(rule)),
    [],
  );
});
