import assert from "node:assert/strict";
import { test } from "node:test";
import { opt, short } from "#cli/option.js";
import { closest } from "#cli/suggest.js";
import { tokenize } from "#cli/tokens.js";

const options = {
  output: short("o", opt.text("x")),
  yes: short("y", opt.flag("x")),
  quiet: short("q", opt.flag("x")),
  chainId: opt.text("x"),
  "rpc.laddr": opt.text("x"),
};
const flags = (line: string): Record<string, readonly string[]> =>
  Object.fromEntries(tokenize(line.split(" "), options).flags);

test("flags are read in every form that people type", () => {
  assert.deepEqual(flags("--chain-id a"), { chainId: ["a"] });
  assert.deepEqual(flags("--chain-id=a=b"), { chainId: ["a=b"] });
  assert.deepEqual(flags("--chain_id a"), { chainId: ["a"] });
  assert.deepEqual(flags("--rpc.laddr :1"), { "rpc.laddr": [":1"] });
  assert.deepEqual(flags("-o json"), { output: ["json"] });
  assert.deepEqual(flags("-ojson"), { output: ["json"] });
  assert.deepEqual(flags("-o=json"), { output: ["json"] });
  assert.deepEqual(flags("-yqo json"), { yes: ["true"], quiet: ["true"], output: ["json"] });
  assert.deepEqual(flags("--no-yes"), { yes: ["false"] });
  assert.deepEqual(flags("--yes=false"), { yes: ["false"] });
});

test("positionals keep their order, a negative number is one, and -- ends the flags", () => {
  assert.deepEqual(tokenize(["a", "--yes", "-5", "--", "--yes"], options).positionals, ["a", "-5", "--yes"]);
});

test("a value that is missing and a flag that is unknown are refused", () => {
  assert.throws(() => flags("--chain-id"), /--chain-id needs a value/);
  assert.throws(() => flags("--chain-idd a"), /unknown flag --chain-idd/);
  assert.throws(() => flags("-x"), /unknown flag -x/);
  assert.throws(() => flags("--no-chain-id"), /unknown flag/);
});

test("a suggestion is close, or none is made", () => {
  assert.equal(closest("bnak", ["bank", "auth"]), "bank");
  assert.equal(closest("contribut", ["contribute", "commit"]), "contribute");
  assert.equal(closest("xyz", ["bank", "auth"]), undefined);
});
