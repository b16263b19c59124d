#!/usr/bin/env node
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { useNatives } from "#node/runtime/natives.js";
import { EXIT } from "./exit.js";
import { makePrompt } from "./prompt.js";
import { run } from "./run.js";
import { entries } from "./table.js";
import type { System } from "./world.js";

useNatives();

const system: System = {
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  prompt: makePrompt(process.stdin, process.stderr),
  fetch: globalThis.fetch,
  now: () => Date.now(),
  sleep: async (milliseconds) => {
    await sleep(milliseconds);
  },
  random: (bytes) => new Uint8Array(randomBytes(bytes)),
};

// A command that must clean up takes over with its own handler; for the others Ctrl-C ends at once with the shell's code.
process.on("SIGINT", () => {
  if (process.listenerCount("SIGINT") === 1) process.exit(EXIT.interrupted);
});
// Who started us over a channel (the demo's network) is gone: stop as if asked to, so that nothing is left behind.
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref();
// `tribd ... | head` closes the pipe early: that is the reader's wish, not a failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  throw error;
});

process.exitCode = await run(process.argv.slice(2), entries, system);
