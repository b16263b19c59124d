import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../main.js", import.meta.url));

/** How a child ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * One validator as a process of its own. It stands in its own process group, so that Ctrl-C reaches this program alone, and
 * hangs on a channel: when this program dies, however it dies, the validator stops by itself.
 */
export class NodeProcess {
  readonly name: string;
  readonly home: string;
  readonly log: string;
  #child: ChildProcess | undefined;
  #ended: Promise<Ended> | undefined;

  constructor(name: string, home: string) {
    this.name = name;
    this.home = home;
    this.log = join(home, "node.log");
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
    const child = spawn(process.execPath, [PROGRAM, "start", "--home", this.home], {
      stdio: ["ignore", log, log, "ipc"],
      detached: true,
    });
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
  lastLines(count: number): string {
    return readFileSync(this.log, "utf8").trimEnd().split("\n").slice(-count).join("\n");
  }
}
