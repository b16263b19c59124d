import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { BILLIONTHS } from "#proto/amount.js";

const main = join(import.meta.dirname, "..", "..", "cli", "main.js");
const PORT = 28_657;
/** The whole story takes about 100 s on two idle cores. */
const BUDGET_MS = 240_000;

interface Batch {
  readonly receipts: number;
  readonly drawn: number;
  readonly pool: string;
  readonly credited: string;
  readonly contested: string;
  readonly residual: string;
  readonly forfeited: string;
}
interface Summary {
  readonly height: number;
  readonly validators: number;
  readonly contributions: number;
  readonly batches: readonly Batch[];
  readonly fees: string;
  readonly burned: string;
  readonly paid: string;
  readonly pending: string;
  readonly verified: boolean;
  readonly appHashes: readonly string[];
}

const UNITS = /^(0|[1-9][0-9]*)$/;
/** Base units with their billionths. */
const PARTS = /^(0|[1-9][0-9]*)(\.[0-9]{0,8}[1-9])?$/;

/** Processes whose command line names the folder: validators that outlived their demo. */
async function orphansOf(root: string): Promise<string> {
  const listing = spawn("ps", ["-eo", "args"], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  listing.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  await once(listing, "close");
  return text
    .split("\n")
    .filter((line) => line.includes(root) && line.includes(" start "))
    .join("\n");
}

function runDemo(root: string, argv: readonly string[], onTalk: (talk: string) => void = () => undefined) {
  const child = spawn(process.execPath, [main, "demo", "--dir", root, "--port", String(PORT), ...argv], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => onTalk((stderr += chunk)));
  return { child, done: once(child, "close").then(([code]) => ({ code: code as number, stdout, stderr })) };
}

test("the whole story on four processes, one of them killed and brought back", { timeout: BUDGET_MS }, async () => {
  const root = mkdtempSync(join(tmpdir(), "tribd-story-"));
  try {
    const { done } = runDemo(root, ["--exit", "--json", "--chaos"]);
    const { code, stdout, stderr } = await done;
    const logs = (): string =>
      existsSync(join(root, "val0")) ? readFileSync(join(root, "val0", "node.log"), "utf8") : "";
    assert.equal(code, 0, `${stderr}\n${logs().slice(-2_000)}`);

    const lines = stdout.trimEnd().split("\n");
    assert.equal(lines.length, 1, "stdout holds one object and nothing else");
    const summary = JSON.parse(lines[0]!) as Summary;
    const keys = ["height", "validators", "contributions", "batches", "fees", "burned", "paid", "pending", "verified"];
    assert.deepEqual(Object.keys(summary), [...keys, "appHashes"]);
    checkMoney(summary);
    assert.equal(summary.validators, 4);
    assert.equal(summary.verified, true);
    assert.ok(summary.contributions >= 12);
    assert.equal(summary.appHashes.length, 4);
    assert.match(summary.appHashes[0]!, /^[0-9A-F]{64}$/);
    assert.equal(new Set(summary.appHashes).size, 1);
    // Answers that fall on both sides of an epoch's end make two batches of one.
    const whole = summary.batches.filter(({ receipts, drawn }) => receipts === drawn);
    const sampled = summary.batches.filter(({ receipts, drawn }) => drawn < receipts && drawn > 0);
    assert.ok(whole.length >= 1 && sampled.length >= 1);
    assert.equal(
      summary.batches.reduce((sum, { receipts }) => sum + receipts, 0),
      256,
    );

    assert.match(stderr, /exact duplicate was refused: .*contribution_id: 1\b/);
    assert.match(stderr, /rejected, near-duplicate/);
    assert.match(stderr, /grace's application asked 48 times through the package openai, 24 of them as streams/);
    assert.match(stderr, /tribd verify payout: \d+ batches agree to the last unit/);
    assert.match(stderr, /chaos: the chain is at height \d+ without val3/);
    assert.match(stderr, /chaos: val3 signed block \d+/);
    assert.equal(await orphansOf(root), "");
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

function billionths(text: string): bigint {
  assert.match(text, PARTS);
  const [whole = "", rest = ""] = text.split(".");
  return BigInt(whole + rest.padEnd(9, "0"));
}

/** Amounts are decimal strings, and every unit is in one place. */
function checkMoney({ fees, burned, paid, pending, batches }: Summary): void {
  const units = [fees, burned, paid, pending, ...batches.flatMap((one) => [one.pool, one.forfeited])];
  for (const text of units) assert.match(text, UNITS);
  const waiting = batches.reduce((sum, { contested }) => sum + billionths(contested), 0n);
  assert.ok(waiting > 0n && BigInt(pending) * BILLIONTHS >= waiting, "contested credit waits: nothing decides it yet");
  let residual = 0n;
  let found = BigInt(burned) + BigInt(paid) + BigInt(pending);
  for (const batch of batches) {
    const [credited, contested, rest] = [batch.credited, batch.contested, batch.residual].map(billionths);
    assert.equal(BigInt(batch.pool) * BILLIONTHS, credited! + rest!);
    assert.ok(credited! > 0n && contested! <= credited!);
    residual += rest!;
    found += BigInt(batch.forfeited);
  }
  // The unit that credits and residual share is pending.
  assert.equal(found + residual / BILLIONTHS, BigInt(fees));
}

test(
  "Ctrl-C in the middle stops all validators; so does the end of the demo itself",
  { timeout: 120_000 },
  async () => {
    for (const [signal, expected] of [
      ["SIGINT", 130],
      ["SIGKILL", null],
    ] as const) {
      const root = mkdtempSync(join(tmpdir(), "tribd-story-"));
      try {
        let isSent = false;
        const { child, done } = runDemo(root, [], (talk) => {
          if (isSent || !talk.includes("validators agree")) return;
          isSent = true;
          child.kill(signal);
        });
        assert.equal((await done).code, expected);
        for (let tries = 0; (await orphansOf(root)) !== "" && tries < 40; tries++) {
          await new Promise((resolve) => setTimeout(resolve, 250));
        }
        assert.equal(await orphansOf(root), "");
      } finally {
        rmSync(root, { recursive: true, force: true });
      }
    }
  },
);
