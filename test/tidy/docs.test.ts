import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import { habits } from "#cli/habits.js";
import { allCommands } from "#cli/registry.js";
import { commandFiles } from "#cli/table.js";
import { folders, root, sources } from "./sources.js";

interface Page {
  /** Slash-separated, from the root. */
  readonly path: string;
  readonly text: string;
}

/** All Markdown of the repository: beside package.json, below docs and beside the sources. */
const pages: readonly Page[] = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...["docs", ...folders].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((name) => `${folder}/${String(name).replaceAll("\\", "/")}`)
      .filter((path) => path.endsWith(".md")),
  ),
].map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

/** Lines of code blocks (continuations joined) and inline code: what a reader will type. */
function codeIn(text: string): string[] {
  const found: string[] = [];
  const prose = text.replace(/^```.*\n([\s\S]*?)^```/gm, (_, block: string) => {
    found.push(...block.replace(/\\\n\s*/g, " ").split("\n"));
    return "";
  });
  for (const [, inline] of prose.matchAll(/`([^`\n]+)`/g)) found.push(inline!);
  return found;
}

test("docs/reference is what the tables give", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/docs.mjs", "--check"], {
    cwd: root,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
});

test("every link of a page resolves", () => {
  for (const { path, text } of pages) {
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?:|#)/.test(target!)) continue;
      const file = posix.join(posix.dirname(path), target!.replace(/#.*$/, ""));
      assert.ok(existsSync(join(root, file)), `${path} links to ${target}`);
    }
  }
});

const commands = (await allCommands(commandFiles)).map(({ path }) => path);
const leads = (path: string): boolean => commands.some((known) => known === path || known.startsWith(`${path} `));

/** Words after `tribd` that lead to no command: a wrong path, or a group that is given a word it does not have. */
function unknownCommand(line: string): string | undefined {
  const [, rest] = /(?:^|[\s(])(?:npx )?tribd((?: [a-z][a-z0-9-]*)+)/.exec(line) ?? [];
  if (rest === undefined) return undefined;
  const words = rest.trim().split(" ");
  let path = "";
  for (const word of words) {
    const next = `${path} ${word}`.trim();
    const habit = habits[next];
    if (habit !== undefined && "says" in habit) break;
    if (habit === undefined && !leads(next)) break;
    path = habit?.means ?? next;
  }
  const group = path === "" || commands.some((known) => known.startsWith(`${path} `));
  const complete = commands.includes(path) || words.join(" ") === path;
  return complete || !group ? undefined : words.join(" ");
}

test("every command that a page names exists", () => {
  for (const { path, text } of pages) {
    for (const line of codeIn(text)) {
      const unknown = unknownCommand(line);
      assert.equal(unknown, undefined, `${path} names tribd ${unknown}: cli/table.ts has no such command`);
    }
  }
});

const scripts = Object.keys(
  (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> }).scripts,
);
const SHORT: Readonly<Record<string, string>> = { "npm start": "start", "npm test": "test", "npm pack": "prepack" };

test("npm scripts and CONTRIBUTING name each other", () => {
  for (const { path, text } of pages) {
    for (const [, name] of codeIn(text).flatMap((line) => [...line.matchAll(/npm run (?:-s )?([a-z:-]+)/g)])) {
      assert.ok(scripts.includes(name!), `${path} names npm run ${name}`);
    }
  }
  const contributing = pages.find(({ path }) => path === "CONTRIBUTING.md")!.text;
  const named = (script: string): boolean =>
    contributing.includes(`npm run ${script}`) ||
    Object.entries(SHORT).some(([words, name]) => name === script && contributing.includes(words));
  for (const script of scripts) assert.ok(named(script), `CONTRIBUTING.md does not say what npm run ${script} does`);
});

test("every module folder has the same few files", () => {
  for (const module of readdirSync(join(root, "state/modules"))) {
    const has = new Set(readdirSync(join(root, "state/modules", module)));
    for (const file of ["README.md", "index.ts", "keys.ts"]) {
      assert.ok(has.has(file), `state/modules/${module} has no ${file}`);
    }
    // Rules of a family that has messages stand beside its codes and its queries.
    if (!has.has("messages") && !has.has("messages.ts")) continue;
    assert.ok(has.has("queries.ts"), `state/modules/${module} has no queries.ts`);
  }
});

/** "L14 - L19", "L20, L21" and "L70" of the spec's first column, as numbers. */
function specifiedLines(): ReadonlySet<number> {
  const lines = new Set<number>();
  const { text } = pages.find(({ path }) => path === "consensus/README.md")!;
  for (const [, first, last] of text.matchAll(/^\| L(\d+)(?:(?: - |, )L(\d+))? +\|/gm)) {
    for (let line = Number(first); line <= Number(last ?? first); line++) lines.add(line);
  }
  return lines;
}

test("every consensus line that is cited is specified", () => {
  const known = specifiedLines();
  assert.ok(known.size > 50, "consensus/README.md numbers its rules");
  for (const { path, text } of sources("consensus", "node", "test")) {
    for (const [cited, number] of text.matchAll(/\bL(\d+)\b/g)) {
      assert.ok(known.has(Number(number)), `${path} cites ${cited}, which consensus/README.md does not have`);
    }
  }
});

/** What ties a repository to one machine, or leaves work unnamed. The pattern is put together so that it is not here. */
const BANNED: readonly (readonly [pattern: RegExp, why: string])[] = [
  // The made-up home of simulated disks is nobody's.
  [/(?<![\w.])\/(home\/(?!data\/)\w+|Users\/\w+|root|work)\//, "an absolute path of one machine"],
  [/\bregistry\.npm|\bregistry\.yarn|npm\.pkg\.|jfrog|artifactory|verdaccio/i, "a registry host"],
  [new RegExp(`\\b${"TO"}DO\\b`), "unnamed work"],
];

test("no page and no source ties itself to one machine", () => {
  const kept = [
    ...pages,
    ...sources(...folders),
    ...["Dockerfile", "package.json", ".npmrc", ".ci/run"].map((path) => ({
      path,
      text: readFileSync(join(root, path), "utf8"),
    })),
  ];
  for (const { path, text } of kept) {
    if (path.startsWith("test/tidy/")) continue;
    for (const [pattern, why] of BANNED) {
      assert.ok(!pattern.test(text), `${path}: ${pattern.exec(text)?.[0]} (${why})`);
    }
  }
});

test("alerts are about metrics that are measured", () => {
  const measured = readFileSync(join(root, "docs/reference/metrics.md"), "utf8");
  const rules = readFileSync(join(root, "deploy/prometheus-rules.yml"), "utf8");
  for (const [, name] of rules.matchAll(/cometbft_(\w+?)(?:_sum|_count|_bucket)?\b/g)) {
    assert.ok(measured.includes(`\`${name}\``), `deploy/prometheus-rules.yml asks for ${name}`);
  }
});

test("what stops a validator is in the operator's page, with what to do", () => {
  const operate = readFileSync(join(root, "docs/operate.md"), "utf8");
  const errors = readFileSync(join(root, "docs/reference/errors.md"), "utf8");
  for (const name of ["Chain", "Signer"]) {
    const [, section = ""] = new RegExp(`^### ${name}\\n([\\s\\S]*?)(?=^#|$(?![\\s\\S]))`, "m").exec(errors) ?? [];
    const codes = [...section.matchAll(/^\| `([\w.]+)`/gm)].map(([, code]) => code!);
    assert.ok(codes.length > 2, `docs/reference/errors.md has the codes of ${name}`);
    for (const code of codes) {
      assert.ok(operate.includes(code), `docs/operate.md does not say what to do about ${code}`);
    }
  }
});

/** Rows of the tables whose last column is "test": the file, then the words with which the test's title begins. */
const TESTED: readonly (readonly [path: string, rowsMin: number])[] = [
  ["docs/limits.md", 10],
  ["docs/operate.md", 20],
];

test("every limit, and everything that stops a node, names its test", () => {
  for (const [path, rowsMin] of TESTED) {
    const { text } = pages.find((page) => page.path === path)!;
    const [, rows = ""] = /\| test +\|\n\|[- |]+\|\n((?:\|.*\n)+)/.exec(text) ?? [];
    const named = [...rows.matchAll(/^.*\| `([\w./-]+)`: ([^|]+?) +\|$/gm)];
    assert.equal(named.length, rows.trim().split("\n").length, `${path}: a row has no test`);
    assert.ok(named.length >= rowsMin, path);
    for (const [, file, title] of named) {
      const source = readFileSync(join(root, "test", `${file}.test.ts`), "utf8");
      assert.ok(
        source.includes(`"${title}`) || source.includes(`\`${title}`),
        `${path}: ${file} has no test "${title}"`,
      );
    }
  }
});
