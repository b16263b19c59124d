import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { imports, root } from "./sources.js";

const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  exports: Record<string, { readonly types: string; readonly default: string }>;
};

/** Every module that a built entry loads, packages included, by the modules that ask for it. */
function closureOf(entry: string): { readonly files: ReadonlySet<string>; readonly builtins: readonly string[] } {
  const files = new Set<string>([entry]);
  const builtins: string[] = [];
  for (const file of files) {
    const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    const required = file.includes("node_modules") ? text.matchAll(/\brequire\("([^"]+)"\)/g) : [];
    for (const to of [...imports(text), ...[...required].map(([, name]) => name!)]) {
      if (isBuiltin(to)) builtins.push(`${file} asks for ${to}`);
      else files.add(createRequire(file).resolve(to));
    }
  }
  return { files, builtins };
}

for (const [name, { types, default: entry }] of Object.entries(exports)) {
  test(`tributary${name.slice(1)} loads nothing that only Node has`, () => {
    const { files, builtins } = closureOf(join(root, entry));
    assert.ok(files.size > 40, "the closure was walked");
    assert.deepEqual(builtins, []);
    // Globals of Node alone: what a browser's bundle would stumble over at run time.
    const own = [...files].filter((file) => file.startsWith(join(root, "dist/")) && !file.includes("/gen/"));
    for (const file of own) assert.doesNotMatch(readFileSync(file, "utf8"), /\bprocess\.|\bBuffer\b|\bglobal\./, file);
    assert.ok(readFileSync(join(root, types), "utf8").length > 0);
  });
}
