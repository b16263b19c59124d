import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import { isMessageName } from "#proto/codec/json.js";
import { cosmosFromJson } from "#proto/tx/cosmos-json.js";
import { cosmosMessages } from "#proto/tx/cosmos-messages.js";
import { Any } from "cosmjs-types/google/protobuf/any";
import { isRejection } from "#proto/rejection.js";
import { modules } from "#state/registry.js";
import { folders, imports, root, sources } from "./sources.js";

/** Groups of files that import each other, directly or through others (Tarjan). */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const visit = (file: string): number => {
    const at = order.size;
    let low = at;
    order.set(file, at);
    path.push(file);
    for (const to of graph.get(file) ?? []) {
      if (!order.has(to)) low = Math.min(low, visit(to));
      else if (path.includes(to)) low = Math.min(low, lowest.get(to) ?? order.get(to)!);
    }
    lowest.set(file, low);
    if (low < at) return low;
    const circle = path.splice(path.indexOf(file));
    if (circle.length > 1 || graph.get(file)?.includes(file) === true) found.push(circle);
    return low;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found;
}

test("no built file imports itself through others", () => {
  const graph = new Map<string, readonly string[]>();
  for (const folder of folders) {
    for (const name of readdirSync(join(root, "dist", folder), { recursive: true }).map(String)) {
      if (!name.endsWith(".js")) continue;
      const path = posix.join(folder, name.replaceAll("\\", "/"));
      // A file that is loaded when it is needed is in no circle.
      const text = readFileSync(join(root, "dist", path), "utf8").replace(/\bimport\("[^"]+"\)/g, "");
      const to = imports(text);
      const own = to.flatMap((each) =>
        each.startsWith("#") ? [each.slice(1)] : each.startsWith(".") ? [posix.join(posix.dirname(path), each)] : [],
      );
      graph.set(path, own);
    }
  }
  assert.ok(graph.size > 800);
  assert.deepEqual(circles(graph), []);
});

test("circles are found", () => {
  const graph = (text: string) =>
    new Map(text.split(" ").map((row) => [row[0]!, [...row.slice(1)]] as [string, string[]]));
  assert.deepEqual(circles(graph("abc bd cd d")), []);
  assert.deepEqual(circles(graph("ab bc ca dd e")), [["a", "b", "c"], ["d"]]);
  assert.deepEqual(circles(graph("ab bcd c db")), [["b", "d"]]);
});

test("a member that only its class sees is written with #", () => {
  for (const { path, code } of sources(...folders)) {
    const found = /^\s+private (?!constructor).*|[(,]\s*private \w+.*/m.exec(code);
    assert.equal(found, null, `${path}: ${found?.[0].trim()}`);
  }
});

test("every message that a module handles has a JSON: a schema, or a row of proto/tx/cosmos-messages.ts", () => {
  const rows = modules.flatMap(({ messages }) => messages);
  assert.ok(rows.length > 30);
  for (const { typeUrl } of rows) {
    assert.ok(typeUrl in cosmosMessages || isMessageName(typeUrl.slice(1)), typeUrl);
    const read = cosmosFromJson(Any, { "@type": typeUrl });
    assert.ok(!isRejection(read) && read.typeUrl === typeUrl, `${typeUrl} is not read`);
  }
});
