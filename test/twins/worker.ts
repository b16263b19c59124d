import { run, type Task } from "./tasks.js";

/** One of the processes among which `main.ts` shares the scenarios out. */
process.on("message", (message) => process.send!(run(message as Task)));
