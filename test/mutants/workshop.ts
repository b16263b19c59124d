import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Check } from "./checks.js";
import { mutated, type Mutant } from "./mutant.js";

/** The repository, seen from the built program. */
const ROOT = join(import.meta.dirname, "..", "..", "..");

export interface Verdict {
  readonly check: string;
  readonly caught: boolean;
  readonly hangs: boolean;
  readonly seconds: number;
}

/** A copy of the built program beside the same sources and dependencies; one rule in it is broken at a time. */
export class Workshop {
  readonly #directory = mkdtempSync(join(tmpdir(), "mutants-"));

  constructor() {
    for (const name of readdirSync(ROOT)) {
      if (name === "dist" || name === "package.json" || name.startsWith(".")) continue;
      symlinkSync(join(ROOT, name), join(this.#directory, name));
    }
    cpSync(join(ROOT, "package.json"), join(this.#directory, "package.json"));
    cpSync(join(ROOT, "dist"), join(this.#directory, "dist"), { recursive: true });
  }

  close(): void {
    rmSync(this.#directory, { recursive: true });
  }

  /** @throws StaleMutant before anything runs */
  async withMutant<T>(mutant: Mutant, work: () => Promise<T>): Promise<T> {
    const path = join(this.#directory, "dist", mutant.file);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, mutated(text, mutant));
    try {
      return await work();
    } finally {
      writeFileSync(path, text);
    }
  }

  run(check: Check, secondsLeft: number): Promise<Verdict> {
    const started = performance.now();
    const child = spawn(process.execPath, this.#args(check), {
      cwd: this.#directory,
      stdio: "ignore",
      detached: true,
      // A test runner that runs another one would take its results for its own.
      env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    });
    let hangs = false;
    const limit = Math.min(check.limit, secondsLeft);
    const timer = setTimeout(() => {
      hangs = true;
      process.kill(-child.pid!, "SIGKILL"); // With its workers.
    }, limit * 1000);
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code) => {
        clearTimeout(timer);
        const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
        resolve({ check: check.name, caught: code !== 0, hangs, seconds });
      });
    });
  }

  #args({ name, tests, program }: Check): string[] {
    if (program !== undefined) return [join("dist", "test", program[0]!), ...program.slice(1)];
    const base = join(this.#directory, "dist", "test");
    const files = readdirSync(base, { recursive: true })
      .map((file) => String(file).replaceAll("\\", "/"))
      .filter((file) => file.endsWith(".test.js") && tests!.some((prefix) => file.startsWith(prefix)))
      .filter((file) => existsSync(join(ROOT, "test", file.replace(/\.js$/, ".ts"))));
    if (files.length === 0) throw new Error(`check ${name} has no tests`);
    return ["--test", ...files.sort().map((file) => join("dist", "test", file))];
  }
}
