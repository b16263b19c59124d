import assert from "node:assert/strict";
import { test } from "node:test";
import { EXIT } from "#cli/exit.js";
import { allCommands } from "#cli/registry.js";
import { commandFiles } from "#cli/table.js";
import { tribd, withHome } from "./harness.js";

test("there is no OpenAPI document", async () => {
  const paths = (await allCommands(commandFiles)).map(({ path }) => path);
  assert.ok(!paths.some((path) => path.split(" ").includes("openapi")));
});

test("keys of several signers and of hardware are refused by name", () =>
  withHome(async (home) => {
    for (const flags of [["--multisig", "alice,bob"], ["--ledger"]]) {
      const { code, stderr } = await tribd(["keys", "add", "carol", ...flags], { home });
      assert.equal(code, EXIT.usage, stderr);
      assert.match(stderr, new RegExp(flags[0]!));
    }
  }));
