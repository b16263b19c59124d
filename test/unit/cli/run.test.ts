import assert from "node:assert/strict";
import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EXIT } from "#cli/exit.js";
import { groups } from "#cli/groups.js";
import { allCommands } from "#cli/registry.js";
import { commandFiles } from "#cli/table.js";
import { flagName, type Options } from "#cli/option.js";
import { globalOptions } from "#cli/run.js";
import { tribd, withHome } from "./harness.js";

test("a bare program shows examples before commands and succeeds", async () => {
  const { code, stdout, stderr } = await tribd([]);
  assert.equal(code, EXIT.ok);
  assert.ok(stdout.indexOf("Examples") < stdout.indexOf("Commands"));
  assert.equal(stderr, "");
});

test("wrong usage exits with 2, says what was probably meant, and leaves stdout empty", async () => {
  const lines: readonly (readonly [string[], RegExp])[] = [
    [["kyes", "list"], /did you mean "tribd keys"/],
    [["keys", "lsit"], /did you mean "tribd keys list"/],
    [["keys", "list", "--keyring-bakend", "test"], /did you mean --keyring-backend/],
    [["keys", "list", "--output", "yaml"], /"yaml" is not one of text, json/],
    [["keys", "add"], /<name> is missing/],
    [["keys", "list", "surplus"], /unexpected argument "surplus"/],
    [["keys", "list", "--home"], /--home needs a value/],
  ];
  for (const [argv, message] of lines) {
    const { code, stdout, stderr } = await tribd(argv);
    assert.equal(code, EXIT.usage, argv.join(" "));
    assert.match(stderr, message);
    assert.equal(stdout, "");
  }
});

test("a value comes from the flag, else the environment, else client.toml, else the default", () =>
  withHome(async (home) => {
    mkdirSync(join(home, "config"));
    const json = async (argv: string[], environment = {}) =>
      (await tribd(["version", ...argv], { home, environment })).stdout.startsWith("{");
    assert.equal(await json([]), false);
    writeFileSync(join(home, "config", "client.toml"), 'output = "json"\n');
    assert.equal(await json([]), true);
    assert.equal(await json([], { TRIBD_OUTPUT: "text" }), false);
    assert.equal(await json(["-o", "json"], { TRIBD_OUTPUT: "text" }), true);
  }));

test("a wrong value names where it came from", async () => {
  const { code, stderr } = await tribd(["version"], { environment: { TRIBD_OUTPUT: "yaml" } });
  assert.equal(code, EXIT.usage);
  assert.match(stderr, /TRIBD_OUTPUT: "yaml" is not one of/);
});

test("--home and TRIBD_HOME mean the same for every command, before and after its words", () =>
  withHome(async (home) => {
    for (const argv of [
      ["config", "home", "--home", home],
      ["--home", home, "config", "home"],
      ["config", "home", `--home=${home}`],
    ]) {
      assert.equal((await tribd(argv)).stdout, `${home}\n`);
    }
    assert.equal((await tribd(["config", "home"], { environment: { TRIBD_HOME: home } })).stdout, `${home}\n`);
  }));

test("underscores in flags are dashes", async () => {
  assert.equal((await tribd(["version", "--log_level", "debug"])).code, EXIT.ok);
});

test("each command has its own words, examples that begin with them, and documented flags", async () => {
  const words: string[] = [];
  for (const file of commandFiles) {
    for (const record of [(await file.load()).default].flat()) {
      const { path } = record;
      words.push(path);
      assert.ok(`${path} `.startsWith(`${file.words} `), `${path} stands in the file of ${file.words}`);
      assert.match(record.summary, /^[A-Z].*\.$/s, path);
      assert.ok(record.example.length > 0, path);
      for (const line of record.example) assert.ok(line.replace(/^q /, "query ").includes(path), `${path}: ${line}`);
      const options = (record.options ?? {}) as Options;
      for (const [name, option] of Object.entries(options)) {
        assert.ok(option.help !== "", `${path} --${flagName(name)}`);
        assert.ok(!Object.hasOwn(globalOptions, name), `${path} --${flagName(name)} is a flag of every command`);
      }
      const parts = path.split(" ");
      for (let i = 1; i < parts.length; i++) {
        assert.ok(groups[parts.slice(0, i).join(" ")], `group ${parts.slice(0, i).join(" ")}`);
      }
    }
  }
  assert.equal(new Set(words).size, words.length);
});

test("help is as recorded: a change of help is made on purpose", async () => {
  const root = join(import.meta.dirname, "..", "..", "..", "..");
  const golden = join(root, "test", "fixtures", "help.txt");
  let all = "";
  for (const { path } of await allCommands(commandFiles)) {
    all += `${"=".repeat(20)} ${path}\n${(await tribd([...path.split(" "), "--help"])).stdout}`;
  }
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(golden, all);
  const [now, before] = [all.split("\n"), readFileSync(golden, "utf8").split("\n")];
  const at = now.findIndex((line, i) => line !== before[i]);
  assert.ok(
    all === before.join("\n"),
    `line ${at + 1} was "${before[at]}" and is "${now[at]}": UPDATE_GOLDEN=1 npm test -- unit/cli/run rewrites test/fixtures/help.txt`,
  );
});
