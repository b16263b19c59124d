import { useNatives } from "#node/runtime/natives.js";
import { loadOptions } from "./options.js";
import { runLoad } from "./run.js";

useNatives();
process.stdout.write(`${JSON.stringify(await runLoad(loadOptions()))}\n`);
