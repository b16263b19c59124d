import type { Chunk } from "./jobs.js";
import { suites, type SeedResult } from "./suites.js";

/** One of the processes among which `jobs.ts` shares the seeds out. */
process.on("message", (message) => {
  const { seeds, options } = message as Chunk;
  void (async () => {
    const results: SeedResult[] = [];
    for (const seed of seeds) results.push(await suites[options.suite].run(seed, options, undefined));
    process.send!(results);
  })();
});
