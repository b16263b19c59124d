import { useNatives } from "#node/runtime/natives.js";
import { loadOptions } from "./options.js";
import { runLoad } from "./run.js";

// Nodes end with this program: on its exit, which a signal alone would pass by.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
useNatives();
process.stdout.write(`${JSON.stringify(await runLoad(loadOptions()))}\n`);
