import { inProcesses } from "./processes.js";
import { suites, type SeedOptions, type SeedResult } from "./suites.js";

/** What a worker process is asked, and what it answers. */
export interface Chunk {
  readonly seeds: readonly bigint[];
  readonly options: SeedOptions;
}
export type ChunkResults = readonly SeedResult[];

/** Runs seeds in worker processes; a worker that dies fails the seeds it had. Results come in the order of the seeds. */
export async function runSeeds(
  seeds: readonly bigint[],
  options: SeedOptions,
  jobs: number,
  onResult: (result: SeedResult) => void,
): Promise<void> {
  const { chunk } = suites[options.suite];
  const chunks: Chunk[] = [];
  for (let at = 0; at < seeds.length; at += chunk) chunks.push({ seeds: seeds.slice(at, at + chunk), options });
  await inProcesses<Chunk, ChunkResults>(
    new URL("./worker.js", import.meta.url),
    chunks,
    jobs,
    (lost, why) => lost.seeds.map((seed) => died(seed, why)),
    (results) => results.forEach(onResult),
  );
}

function died(seed: bigint, problem: string): SeedResult {
  return { seed, heights: 0, virtualMs: 0, setChanges: 0, digest: "", about: "", faults: {}, problem };
}
