import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sdkErrors } from "#proto/tx/errors.js";
import { poaErrors } from "#proto/attribution/errors.js";
import type { ErrorCode } from "#proto/rejection.js";
import { modules } from "#state/registry.js";
import { root } from "./sources.js";

/** A module's README is its specification: it names what the module has, and nothing that it has not. */

const pageOf = (name: string): string => readFileSync(join(root, "state/modules", name, "README.md"), "utf8");

/** Codespaces that no module owns. */
const SHARED: Readonly<Record<string, Readonly<Record<string, ErrorCode>>>> = { sdk: sdkErrors, poa: poaErrors };

/** Codes of a module by name; a module without rejections of its own has none. */
async function codesOf(name: string): Promise<Readonly<Record<string, ErrorCode>>> {
  const folder = join(root, "dist/state/modules", name);
  if (!readdirSync(folder).includes("errors.js")) return {};
  const codes = (await import(join(folder, "errors.js"))) as Readonly<Record<string, unknown>>;
  return Object.values(codes)[0] as Readonly<Record<string, ErrorCode>>;
}

for (const { name, messages, queries, invariants } of modules) {
  test(`the README of ${name} names its messages, queries and invariants`, () => {
    const page = pageOf(name);
    const headings = [...page.matchAll(/^##+ (.+)$/gm)].flatMap(([, text]) => text!.split(/[(, ]+/));
    const sectionOf = (title: string): string =>
      new RegExp(`^## ${title}\\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, "m").exec(page)?.[1] ?? "";
    const lacks = (text: string, names: readonly string[]) =>
      names.filter((each) => !new RegExp(`\\b${each}\\b`).test(text));
    const last = (path: string): string => path.split(/[./]/).at(-1)!;
    assert.deepEqual(
      lacks(
        headings.join(" "),
        messages.map(({ typeUrl }) => last(typeUrl)),
      ),
      [],
    );
    assert.deepEqual(lacks(sectionOf("Queries"), Object.keys(queries).map(last)), []);
    assert.deepEqual(lacks(sectionOf("Invariants"), Object.keys(invariants)), []);
  });

  test(`the README of ${name} has every code of its rejections, with its number`, async () => {
    const own = await codesOf(name);
    const named = new Set<string>();
    for (const [text, space, word, number] of pageOf(name).matchAll(/\b(?:(\w+)\/)?(\w+)\((\d+)[,)]/g)) {
      const codes = space === undefined ? own : (SHARED[space] ?? (await codesOf(space)));
      assert.equal(codes[word!]?.code, Number(number), text);
      if (space === undefined) named.add(word!);
    }
    assert.deepEqual(
      Object.keys(own).filter((code) => !named.has(code)),
      [],
    );
  });
}
