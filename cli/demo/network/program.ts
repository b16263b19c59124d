import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { CliFault } from "../../fault.js";

/** How a child ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const POLL_MS = 50;
const LOG_LINES = 12;

/**
 * A program of the network as a process of its own. It stands in its own process group, so that Ctrl-C reaches this program
 * alone, and hangs on a channel: when this program dies, however it dies, the other stops by itself.
 */
export class Program {
  readonly name: string;
  readonly log: string;
  readonly #argv: readonly string[];
  #child: ChildProcess | undefined;
  #ended: Promise<Ended> | undefined;

  /** @param argv behind `node` @param log file that takes what it says */
  constructor(name: string, argv: readonly string[], log: string) {
    this.name = name;
    this.log = log;
    this.#argv = argv;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the process that runs now has ended. */
  get ended(): Promise<Ended> | undefined {
    return this.#ended;
  }

  start(): void {
    const log = openSync(this.log, "a", 0o600);
    const child = spawn(process.execPath, this.#argv, { stdio: ["ignore", log, log, "ipc"], detached: true });
    closeSync(log);
    this.#child = child;
    this.#ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    // A waiting caller gets the error; without one the error must not end the program.
    this.#ended.catch(() => undefined);
  }

  /** Asks it to stop, and ends it when it has not after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    if (!this.running) return;
    this.#child!.kill("SIGTERM");
    await Promise.race([this.#ended, sleep(graceMs, undefined, { ref: false })]);
    await this.kill();
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    this.killNow();
    await this.#ended;
  }

  killNow(): void {
    if (this.running) this.#child!.kill("SIGKILL");
  }

  /** The last lines of its log: what went wrong stands there. */
  lastLines(count = LOG_LINES): string {
    return readFileSync(this.log, "utf8").trimEnd().split("\n").slice(-count).join("\n");
  }

  /** Characters of the log so far: where `said` begins to look. */
  get logged(): number {
    return existsSync(this.log) ? readFileSync(this.log, "utf8").length : 0;
  }

  /** Waits for words in its log. @throws CliFault(program_ended, program_silent) with the log's end */
  async said(words: RegExp, timeoutMs: number, from = 0): Promise<RegExpExecArray> {
    for (let waited = 0; ; waited += POLL_MS) {
      const found = words.exec(existsSync(this.log) ? readFileSync(this.log, "utf8").slice(from) : "");
      if (found !== null) return found;
      const fix = `its log: ${this.log}`;
      if (!this.running) throw new CliFault("program_ended", `${this.name} has ended:\n${this.lastLines()}`, { fix });
      if (waited >= timeoutMs) throw new CliFault("program_silent", `${this.name} is not ready`, { fix });
      await sleep(POLL_MS);
    }
  }
}
