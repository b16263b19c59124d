import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EXIT } from "#cli/exit.js";
import type { Prompt } from "#cli/prompt.js";
import { fakeNode } from "./fake-node.js";
import { tribd, withHome } from "./harness.js";

const TEST = ["--keyring-backend", "test"];
const to = "trib1j7d3cxyp0x2uryyv68t3u90znfwkl59c6nrsz0";
const SEND = ["tx", "bank", "send", "alice", to, "1trib", ...TEST];

/** A person at a terminal who types this. */
const person = (answer: string): Prompt => ({
  isTerminal: true,
  line: () => Promise.resolve(answer),
  secret: () => Promise.resolve(answer),
  confirm: () => Promise.resolve(answer === "y"),
  rest: () => Promise.resolve(""),
});

test("without a terminal only --yes consents: input from a pipe does not", () =>
  withHome(async (home) => {
    await tribd(["keys", "add", "alice", "--dev", ...TEST], { home });
    for (const [stdin, flags] of [
      [undefined, []],
      ["y\n", []],
      ["n\n", []],
      ["y\n", ["--no-input"]],
    ] as const) {
      const node = fakeNode({ included: { code: 0 } });
      const given = { home, fetch: node.fetch, ...(stdin === undefined ? {} : { stdin }) };
      const { code, stderr } = await tribd([...SEND, ...flags], given);
      assert.equal(code, EXIT.usage);
      assert.match(stderr, /not confirmed: Sign and send as trib1.*\n.*--yes/);
      assert.equal(node.received.length, 0);
    }
  }));

test("at a terminal a yes consents and anything else does not; --yes consents anywhere", () =>
  withHome(async (home) => {
    await tribd(["keys", "add", "alice", "--dev", ...TEST], { home });
    const sent = async (answer: string | undefined, ...flags: string[]) => {
      const node = fakeNode({ included: { code: 0 } });
      const given = answer === undefined ? {} : { prompt: person(answer) };
      const { code } = await tribd([...SEND, ...flags], { home, fetch: node.fetch, ...given });
      return [code, node.received.length];
    };
    assert.deepEqual(await sent("y"), [EXIT.ok, 1]);
    assert.deepEqual(await sent("n"), [EXIT.failed, 0]);
    assert.deepEqual(await sent("y", "--no-input"), [EXIT.usage, 0]);
    assert.deepEqual(await sent(undefined, "--yes"), [EXIT.ok, 1]);
    assert.deepEqual(await sent(undefined, "--yes", "--no-input"), [EXIT.ok, 1]);
  }));

test("what destroys asks as well: by name at a terminal, by --yes or --confirm elsewhere", () =>
  withHome(async (home) => {
    await tribd(["init", "a"], { home });
    const kept = join(home, "data", "cs.wal");
    const reset = async (flags: readonly string[], given: object = {}) => {
      writeFileSync(kept, "");
      const { code, stderr } = await tribd(["comet", "unsafe-reset-all", ...flags], { home, ...given });
      if (code === EXIT.usage) assert.match(stderr, /--yes|--confirm/);
      return [code, existsSync(kept)];
    };
    assert.deepEqual(await reset([]), [EXIT.usage, true]);
    assert.deepEqual(await reset([], { stdin: "data\n" }), [EXIT.usage, true]);
    assert.deepEqual(await reset(["--confirm", "dat"]), [EXIT.usage, true]);
    assert.deepEqual(await reset([], { prompt: person("y") }), [EXIT.failed, true]);
    assert.deepEqual(await reset([], { prompt: person("data") }), [EXIT.ok, false]);
    assert.deepEqual(await reset(["--confirm", "data"]), [EXIT.ok, false]);
    assert.deepEqual(await reset(["--yes"]), [EXIT.ok, false]);
    assert.equal((await tribd(["snapshots", "delete", "3"], { home })).code, EXIT.usage);
    await tribd(["keys", "add", "alice", "--dev", ...TEST], { home });
    assert.equal((await tribd(["keys", "delete", "alice", ...TEST], { home })).code, EXIT.usage);
    assert.equal((await tribd(["keys", "delete", "alice", "--yes", ...TEST], { home })).code, EXIT.ok);
  }));
