import assert from "node:assert/strict";
import { test } from "node:test";
import { EXIT } from "#cli/exit.js";
import { groups } from "#cli/groups.js";
import { habits } from "#cli/habits.js";
import { commandAt } from "#cli/registry.js";
import { commandFiles } from "#cli/table.js";
import { tribd } from "./harness.js";

test("words typed by habit lead to a command or to a sentence; none hides a command", async () => {
  for (const [typed, habit] of Object.entries(habits)) {
    assert.equal(await commandAt(commandFiles, typed), undefined, `${typed} is a command`);
    if ("says" in habit) {
      const { code, stdout, stderr } = await tribd(typed.split(" "));
      assert.equal(code, EXIT.usage, typed);
      assert.ok(stderr.includes(habit.says), `${typed}: ${stderr}`);
      assert.equal(stdout, "");
      continue;
    }
    assert.ok((await commandAt(commandFiles, habit.means)) ?? groups[habit.means], `${typed} means ${habit.means}`);
    const help = (words: string) => tribd([...words.split(" "), "--help"]);
    assert.deepEqual(await help(typed), await help(habit.means), typed);
  }
});

test("words after a habit are those of the command that it means", async () => {
  for (const [typed, words] of [
    ["q bank total", "query bank supply"],
    ["q account", "query auth account"],
    ["config set client", "config set"],
    ["help tx staking delegate", "tx staking delegate"],
    ["help tx", "tx"],
  ] as const) {
    assert.deepEqual(await tribd([...typed.split(" "), "--help"]), await tribd([...words.split(" "), "--help"]), typed);
  }
});

test("names that every object has are no commands", async () => {
  for (const word of ["constructor", "toString", "__proto__"]) {
    const { code, stdout, stderr } = await tribd([word]);
    assert.deepEqual([code, stdout], [EXIT.usage, ""], word);
    assert.match(stderr, new RegExp(`unknown command "${word}"`));
  }
});
