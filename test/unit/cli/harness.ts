import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { makePrompt, type Prompt } from "#cli/prompt.js";
import { run } from "#cli/run.js";
import { commandFiles } from "#cli/table.js";
import type { System } from "#cli/world.js";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Given {
  readonly home?: string;
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly fetch?: typeof globalThis.fetch;
  readonly prompt?: Prompt;
  readonly now?: number;
}

/** One command line in this process, with its own home, clock and randomness. */
export async function tribd(argv: readonly string[], given: Given = {}): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  let counter = 0;
  let now = given.now ?? 1_767_225_600_000;
  const errors = { write: (text: string) => void (stderr += text) };
  const system: System = {
    environment: { ...(given.home === undefined ? {} : { TRIBD_HOME: given.home }), ...given.environment },
    stdout: { write: (text) => void (stdout += text) },
    stderr: errors,
    prompt: given.prompt ?? makePrompt(Readable.from(given.stdin === undefined ? [] : [given.stdin]), errors),
    process: { atTerminal: false, stay: () => undefined, endWithin: () => undefined },
    fetch: given.fetch ?? (() => Promise.reject(new Error("no network in this test"))),
    now: () => now,
    sleep: async (milliseconds) => void (now += milliseconds),
    random: (bytes) => {
      const digest = createHash("sha512").update(`test randomness ${counter++}`).digest();
      return new Uint8Array(digest.subarray(0, bytes));
    },
  };
  const code = await run(argv, commandFiles, system);
  return { code, stdout, stderr };
}

/** A folder of its own, removed afterwards. */
export async function withHome<T>(use: (home: string) => Promise<T>): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), "tribd-test-"));
  try {
    return await use(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
