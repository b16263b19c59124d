#!/usr/bin/env node
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { useNatives } from "#node/runtime/natives.js";
import { osProcess } from "./process.js";
import { makePrompt } from "./prompt.js";
import { run } from "./run.js";
import { commandFiles } from "./table.js";
import type { System } from "./world.js";

useNatives();

const system: System = {
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  prompt: makePrompt(process.stdin, process.stderr),
  process: osProcess(),
  fetch: globalThis.fetch,
  now: () => Date.now(),
  sleep: async (milliseconds) => {
    await sleep(milliseconds);
  },
  random: (bytes) => new Uint8Array(randomBytes(bytes)),
};

// Who started us over a channel (the demo's network) is gone: stop as if asked to, so that nothing is left behind.
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref();
process.exitCode = await run(process.argv.slice(2), commandFiles, system);
