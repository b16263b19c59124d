import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { EXIT } from "#cli/exit.js";
import { withHome } from "./harness.js";

const main = join(import.meta.dirname, "..", "..", "..", "cli", "main.js");

function tribd(argv: readonly string[], home: string, input?: string) {
  const env = { PATH: process.env["PATH"], TRIBD_HOME: home };
  return spawnSync(process.execPath, [main, ...argv], {
    env,
    encoding: "utf8",
    ...(input === undefined ? {} : { input }),
  });
}

test("the program: data on stdout, talk on stderr, exit codes to the shell", () =>
  withHome(async (home) => {
    const init = tribd(["init", "mine", "-o", "json"], home);
    assert.equal(init.status, EXIT.ok, init.stderr);
    assert.equal((JSON.parse(init.stdout) as { home: string }).home, home);
    assert.match(init.stderr, /next: tribd genesis add-account/);
    const added = tribd(["keys", "add", "mine"], home, "a long password\n");
    assert.equal(added.status, EXIT.ok, added.stderr);
    assert.match(added.stdout, /^name: mine\ntype: local\naddress: trib1[a-z0-9]{38}\npubkey: \{.*\}\n$/);
    assert.match(added.stderr, /Write down this mnemonic/);
    const shown = tribd(["keys", "show", "mine", "-a"], home);
    assert.match(shown.stdout, /^trib1[a-z0-9]{38}\n$/);
    assert.equal(shown.stderr, "");
    assert.equal(tribd(["keys", "show", "other"], home).status, EXIT.signing);
    const wrong = tribd(["keys", "export", "mine", "--unarmored-hex", "--unsafe"], home, "another password\n");
    assert.equal(wrong.status, EXIT.signing);
    assert.equal(wrong.stdout, "");
    assert.equal(tribd(["status", "--node", "tcp://127.0.0.1:1"], home).status, EXIT.unreachable);
    assert.equal(tribd(["nonsense"], home).status, EXIT.usage);
  }));

test("without a terminal there is no colour; a question without an answer is a usage fault, not a hang", () =>
  withHome(async (home) => {
    assert.ok(!/\u001b/.test(tribd(["keys", "add", "x", "--dev"], home).stderr));
    const asked = tribd(["keys", "add", "mine"], home, "");
    assert.equal(asked.status, EXIT.usage);
    assert.match(asked.stderr, /no answer on stdin/);
    assert.equal(tribd(["keys", "add", "mine", "--no-input"], home).status, EXIT.usage);
  }));

test("Ctrl-C while waiting for a node ends with 130", () =>
  withHome(async (home) => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const child = spawn(process.execPath, [main, "status", "--node", `tcp://127.0.0.1:${port}`, "--home", home], {
      stdio: "ignore",
    });
    await once(silent, "request");
    child.kill("SIGINT");
    const [code] = (await once(child, "exit")) as [number];
    silent.closeAllConnections();
    silent.close();
    assert.equal(code, EXIT.interrupted);
  }));

test("the bash completion is a script that bash reads, and completes words and flags", () =>
  withHome(async (home) => {
    const script = tribd(["completion", "bash"], home).stdout;
    const ask = (words: string): string[] => {
      const list = words
        .split(" ")
        .map((word) => `"${word}"`)
        .join(" ");
      const probe = `${script}\nCOMP_WORDS=(${list}); COMP_CWORD=${words.split(" ").length - 1}; _tribd; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return spawnSync("bash", ["-c", probe], { encoding: "utf8" }).stdout.trim().split("\n");
    };
    assert.deepEqual(ask("tribd ke"), ["keys"]);
    assert.deepEqual(ask("tribd q bank b"), ["balances"]);
    assert.ok(ask("tribd tx bank send alice --ga").includes("--gas-prices"));
    for (const shell of ["zsh", "fish"]) assert.match(tribd(["completion", shell], home).stdout, /tribd/);
  }));
