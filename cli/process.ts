import { spawn } from "node:child_process";
import { osError } from "#node/runtime/os-error.js";
import { EXIT, type ExitCode } from "./exit.js";

export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";
const SIGNALS: readonly Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Signals and errors that reach a process which runs until it is stopped. */
export interface Events {
  signal(name: Signal): void;
  /** Thrown or rejected where nothing takes it. */
  uncaught(error: unknown): void;
}

/** The process itself, for commands that run until they are stopped. */
export interface ProcessPort {
  /** Whether somebody started it at a terminal: then the end of the terminal is its end too. */
  readonly atTerminal: boolean;
  /** From now on signals and errors are only reported, and a closed output does not end the process. */
  stay(events: Events): void;
  /** The process ends by itself before, or then, whatever is still open. */
  endWithin(milliseconds: number, code: ExitCode): void;
}

/** Why a thread or a call to the system can hold up even the exit: then the kernel ends it, with code 137. */
const LAST_RESORT_SECONDS = 1;

function endNow(code: ExitCode): void {
  const command = `sleep ${LAST_RESORT_SECONDS}; kill -9 ${process.pid}`;
  const guard = spawn("/bin/sh", ["-c", command], { stdio: "ignore", detached: true });
  guard.once("error", () => undefined); // Without it the exit has to do.
  guard.unref();
  process.exit(code);
}

export function osProcess(): ProcessPort {
  let stays = false;
  // Before `stay` a command that must clean up has its own handler; for the others Ctrl-C ends at once.
  process.on("SIGINT", () => {
    if (process.listenerCount("SIGINT") === 1) process.exit(EXIT.interrupted);
  });
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (stays) return;
    // `tribd ... | head` closes the pipe early: that is the reader's wish, not a failure.
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    process.stderr.write(`error: stdout: ${osError(error)?.message ?? error.message}\n`);
    process.exit(EXIT.failed);
  });
  // The reader is gone or its disk is full: nothing can be reported.
  process.stderr.on("error", () => undefined);
  return {
    atTerminal: process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY,
    stay({ signal, uncaught }) {
      stays = true;
      for (const name of SIGNALS) process.on(name, () => signal(name));
      process.on("uncaughtException", uncaught); // Unhandled rejections come here too.
    },
    endWithin(milliseconds, code) {
      if (milliseconds === 0) endNow(code);
      else setTimeout(() => endNow(code), milliseconds).unref();
    },
  };
}
