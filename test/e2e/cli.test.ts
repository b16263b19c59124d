import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const main = join(import.meta.dirname, "..", "..", "cli", "main.js");
const PORT_OFFSET = 4200;

interface Dev {
  readonly home: string;
  readonly endpoints: { readonly rpc: string };
}

/** A development chain in a process of its own, and commands against it in theirs. */
async function withDev(
  use: (
    tribd: (...argv: string[]) => { status: number | null; stdout: string; stderr: string },
    root: string,
  ) => Promise<void>,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "tribd-e2e-"));
  const environment = { PATH: process.env["PATH"], TRIBD_HOME: root };
  const argv = [main, "dev", "--block-interval-ms", "200", "--port-offset", String(PORT_OFFSET), "-o", "json"];
  const chain = spawn(process.execPath, argv, { env: environment, stdio: ["ignore", "pipe", "inherit"] });
  try {
    let printed = "";
    chain.stdout.setEncoding("utf8").on("data", (chunk: string) => (printed += chunk));
    while (!printed.includes("\n")) await once(chain.stdout, "data");
    const { home, endpoints } = JSON.parse(printed) as Dev;
    const tribd = (...words: string[]) =>
      spawnSync(process.execPath, [main, ...words, "--yes"], {
        env: { ...environment, TRIBD_HOME: home, TRIBD_NODE: endpoints.rpc },
        encoding: "utf8",
      });
    await use(tribd, root);
    chain.kill("SIGINT");
    const [code] = (await once(chain, "exit")) as [number];
    assert.equal(code, 0, "a development chain ends cleanly at Ctrl-C");
  } finally {
    chain.kill("SIGKILL");
    rmSync(root, { recursive: true, force: true });
  }
}

const ok = (outcome: { status: number | null; stdout: string; stderr: string }): string => {
  assert.equal(outcome.status, 0, outcome.stderr);
  return outcome.stdout;
};
const speech = (seed: number): string => Array.from({ length: 300 }, (_, i) => `word${(i * seed) % 997}`).join(" ");

test("coins, a datanet and its first release through the command line", { timeout: 180_000 }, () =>
  withDev(async (tribd, root) => {
    const sent = JSON.parse(ok(tribd("tx", "bank", "send", "alice", "bob", "1.5trib", "-o", "json"))) as {
      code: number;
    };
    assert.equal(sent.code, 0);
    assert.equal(ok(tribd("query", "bank", "balances", "bob")), "1000001.5trib (1000001500000utrib)\n");
    assert.equal(tribd("tx", "bank", "send", "alice", "bob", "9999999trib").status, 5);
    assert.equal(tribd("query", "datanet", "show", "nothing-there").status, 3);

    writeFileSync(join(root, "TERMS.md"), "the terms");
    const terms = `@${join(root, "TERMS.md")}`;
    ok(
      tribd(
        "tx",
        "datanet",
        "create",
        "speeches",
        "--title",
        "Speeches",
        "--card-hash",
        terms,
        "--terms-hash",
        terms,
        "--admission",
        "curated",
        "--curators",
        "bob",
        "--media-types",
        "text/plain",
        "--bond",
        "1trib",
        "--from",
        "bob",
      ),
    );
    const texts = join(root, "texts");
    mkdirSync(texts);
    writeFileSync(join(texts, "a.txt"), speech(3));
    writeFileSync(join(texts, "b.txt"), speech(5));
    assert.equal(ok(tribd("datanet", "contribute", "speeches", texts, "--from", "alice", "-q")), "1\n2\n");
    assert.match(
      ok(tribd("datanet", "contribute", "speeches", texts, "--from", "alice", "-o", "json")),
      /"known":true.*"known":true/,
    );

    ok(tribd("tx", "datanet", "review", "1", "accept", "--from", "bob"));
    ok(
      tribd("tx", "datanet", "review", "2", "reject", "--reason", "off-topic", "--note", "no speech", "--from", "bob"),
    );
    const again = tribd("tx", "datanet", "review", "1", "accept", "--from", "bob", "--gas", "300000");
    assert.equal(again.status, 6, again.stderr);
    ok(tribd("tx", "datanet", "publish-release", "1", "--notes", "first", "--from", "bob"));
    const release = JSON.parse(ok(tribd("query", "datanet", "release", "1", "0", "-o", "json"))) as {
      release: { number: number; contributions: number };
    };
    assert.deepEqual([release.release.number, release.release.contributions], [1, 1]);
    assert.match(ok(tribd("query", "datanet", "contributions", "1")), /3 \(accepted\)[\s\S]*4 \(rejected\)/);

    ok(tribd("tx", "model", "register", "ngram", "--title", "N-grams", "--card-hash", terms, "--from", "bob"));
    ok(
      tribd(
        "tx",
        "model",
        "publish-version",
        "1",
        "--label",
        "v1",
        "--weights-hash",
        terms,
        "--config-hash",
        terms,
        "--manifest-hash",
        terms,
        "--weights-bytes",
        "9",
        "--format",
        "ngram",
        "--method",
        "counting",
        "--releases",
        "1/1",
        "--price-per-call",
        "0.01trib",
        "--from",
        "bob",
      ),
    );
    ok(tribd("tx", "model", "set-stage", "1", "production", "--from", "bob"));
    ok(tribd("tx", "usage", "open", "bob", "1", "50trib", "--from", "grace"));
    assert.match(ok(tribd("query", "usage", "channel", "1")), /status: 1 \(open\)/);
    assert.match(ok(tribd("query", "model", "fee-shares", "1")), /contributor_basis_points: 3000/);
  }),
);
