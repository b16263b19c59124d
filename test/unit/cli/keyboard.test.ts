import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { toBech32 } from "#proto/crypto/address.js";
import { EXIT } from "#cli/exit.js";
import { CliFault } from "#cli/fault.js";
import { makePrompt } from "#cli/prompt.js";
import { fakeNode } from "./fake-node.js";
import { tribd, withHome } from "./harness.js";

/** What a person gets for typing these keys at a password. */
function typed(keys: string): Promise<string> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const answer = makePrompt(stdin, { write: () => undefined }).secret("Password: ");
  stdin.write(keys);
  return answer;
}

test("a password can be edited: Ctrl-U empties the line, Ctrl-W takes the last word back, backspace a letter", async () => {
  assert.equal(await typed("wrong one\u0015right horse \u0017coww\u007f\r"), "right cow");
});

test("Ctrl-C at a password ends the command with 130", async () => {
  const interrupted = (error: unknown) => error instanceof CliFault && error.exit === EXIT.interrupted;
  await assert.rejects(typed("abc\u0003"), interrupted);
});

test("a password is asked for only once the terminal hides it: what is typed at once is not shown", async () => {
  const done: string[] = [];
  const setRawMode = (isRaw: boolean): void => void done.push(isRaw ? "hidden" : "shown");
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode });
  const answer = makePrompt(stdin, { write: (text: string) => void done.push(text) }).secret("Password: ");
  stdin.write("secret\r");
  assert.equal(await answer, "secret");
  assert.deepEqual(done, ["hidden", "Password: ", "shown", "\n"]);
});

test("user and password of --node travel as Basic authentication and are shown nowhere", async () => {
  const seen: [string, string | null][] = [];
  const node = fakeNode({});
  const fetch = (async (url: string, init?: RequestInit) => {
    seen.push([url, new Headers(init?.headers).get("authorization")]);
    return await node.fetch(url, init);
  }) as typeof globalThis.fetch;
  const url = "http://user:p%40ss@rpc.example:26657";
  assert.equal((await tribd(["status", "--node", url], { fetch })).code, EXIT.ok);
  const basic = `Basic ${Buffer.from("user:p@ss").toString("base64")}`;
  assert.deepEqual(seen[0], ["http://rpc.example:26657", basic]);
  const { code, stderr } = await tribd(["status", "--node", url], { fetch: () => Promise.reject(new TypeError("no")) });
  assert.equal(code, EXIT.unreachable);
  assert.match(stderr, /http:\/\/rpc\.example:26657/);
  assert.doesNotMatch(stderr, /ss@|user/);
});

test("credentials of --node that cannot be read are refused, and not shown", async () => {
  for (const url of ["http://us%er:secret@rpc.example:26657", "tcp://user:secret@rpc.example:26657"]) {
    const { code, stderr } = await tribd(["status", "--node", url]);
    assert.equal(code, EXIT.usage, url);
    assert.match(stderr, /--node/);
    assert.doesNotMatch(stderr, /secret/);
  }
});

test("an address in upper case, as QR codes hold it, is read", () =>
  withHome(async (home) => {
    await tribd(["init", "mine"], { home });
    const address = toBech32("trib", new Uint8Array(20).fill(7));
    const { code, stdout, stderr } = await tribd(["genesis", "add-account", address.toUpperCase(), "1trib"], { home });
    assert.equal(code, EXIT.ok, stderr);
    assert.match(stdout, new RegExp(address));
  }));

test("an index of --hd-path above 2^31-1 is refused by the name of the flag", async () => {
  const argv = [
    "keys",
    "add",
    "k",
    "--dry-run",
    "--keyring-backend",
    "test",
    "--hd-path",
    "m/44'/118'/2147483648'/0/0",
  ];
  const { code, stderr } = await tribd(argv);
  assert.equal(code, EXIT.usage);
  assert.match(stderr, /--hd-path: .*2147483648 is above 2147483647/);
});

test("config set refuses a peer that cannot be dialled", () =>
  withHome(async (home) => {
    const set = async (value: string) => (await tribd(["config", "set", "p2p.persistent_peers", value], { home })).code;
    assert.equal(await set(`${"ab".repeat(20)}@10.0.0.1:26656`), EXIT.usage);
    assert.equal(await set(`12D3KooW${"a".repeat(44)}@10.0.0.1:26656`), EXIT.ok);
  }));
