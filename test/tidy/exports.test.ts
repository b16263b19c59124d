import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import { folders, root, sources, type Source } from "./sources.js";

/** What a module offers and what it takes from others, by name; "*" is everything. */
interface Module {
  readonly code: string;
  readonly exports: readonly string[];
  readonly uses: readonly (readonly [path: string, name: string])[];
}

const DECLARED = /^export (?:declare |abstract |async )*(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm;
const LISTED = /^export (?:type )?\{([^}]*)\}(?: from "([^"]+)")?/gm;
const IMPORTED = /^import (?:type )?([^"]*?) from "([^"]+)"/gm;
const WHOLE = /\bimport\("([^"]+)"\)|^export \* from "([^"]+)"|^import "([^"]+)"/gm;

/** "a, type b as c": the names before and after "as". */
function names(list: string): (readonly [inner: string, outer: string])[] {
  const items = list.split(",").map((item) => item.trim().replace(/^type /, ""));
  return items
    .filter((item) => item !== "")
    .map((item) => item.split(" as ") as [string, string?])
    .map(([a, b]) => [a, b ?? a]);
}

/** Of a page's part with markup in it, what is built has the same ending as of any other file. */
const written = (path: string): string => path.replace(/\.tsx$/, ".ts");

function pathOf(from: string, to: string): string {
  const path = to.startsWith("#") ? to.slice(1) : to.startsWith(".") ? posix.join(posix.dirname(from), to) : to;
  return path.replace(/^dist\//, "").replace(/\.js$/, ".ts");
}

function read({ path, text, code }: Source): Module {
  const exports: string[] = [...text.matchAll(DECLARED)].map(([, name]) => name!);
  const uses: (readonly [string, string])[] = [];
  if (/^export default /m.test(text)) exports.push("default");
  for (const [, list, from] of text.matchAll(LISTED)) {
    for (const [inner, outer] of names(list!)) {
      exports.push(outer);
      if (from !== undefined) uses.push([pathOf(path, from), inner]);
    }
  }
  for (const [, what, from] of text.matchAll(IMPORTED)) {
    const target = pathOf(path, from!);
    const [, list] = /\{([^}]*)\}/.exec(what!) ?? [];
    for (const [inner] of names(list ?? "")) uses.push([target, inner]);
    const rest = what!
      .replace(/\{[^}]*\}/, "")
      .replace(",", "")
      .trim();
    if (rest !== "") uses.push([target, rest.startsWith("*") ? "*" : "default"]);
  }
  for (const [, a, b, c] of text.matchAll(WHOLE)) uses.push([pathOf(path, (a ?? b ?? c)!), "*"]);
  return { code, exports, uses };
}

/** What is imported from outside of the program: package.json's exports and scripts. */
function outside(): [path: string, name: string][] {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    exports: Record<string, { default: string }>;
  };
  const entries = Object.values(exports).map((entry): [string, string] => [pathOf("", entry.default), "*"]);
  const scripts = readdirSync(join(root, "scripts"), { recursive: true }).map(String);
  const loaded = scripts
    .filter((name) => name.endsWith(".mjs"))
    .flatMap((name) => [...readFileSync(join(root, "scripts", name), "utf8").matchAll(/dist\/([\w/.-]+)\.js/g)])
    .map(([, path]): [string, string] => [`${path!}.ts`, "*"]);
  return [...entries, ...loaded];
}

/** A type or constant that only its own file needs may be exported: others see it through what they import. */
const usedInside = (code: string, name: string): boolean =>
  (code.match(new RegExp(`\\b${name}\\b`, "g")) ?? []).length > 1;

test("every export has a user", () => {
  const modules = new Map(sources(...folders).map((source) => [written(source.path), read(source)]));
  const used = new Set(
    [...[...modules.values()].flatMap(({ uses }) => uses), ...outside()].map((use) => use.join("#")),
  );
  const dead: string[] = [];
  for (const [path, { code, exports }] of modules) {
    if (used.has(`${path}#*`)) continue;
    for (const name of exports) {
      if (!used.has(`${path}#${name}`) && !usedInside(code, name)) dead.push(`${path}: ${name}`);
    }
  }
  assert.deepEqual(dead, [], dead.join("\n"));
});

test("a name without an importer is found", () => {
  const text = 'export const a = 1;\nexport { b as c } from "./d.js";\nimport e, { f as g } from "#proto/h.js";\n';
  assert.deepEqual(read({ path: "cli/x.ts", text, code: text }), {
    code: text,
    exports: ["a", "c"],
    uses: [
      ["cli/d.ts", "b"],
      ["proto/h.ts", "f"],
      ["proto/h.ts", "default"],
    ],
  });
});
