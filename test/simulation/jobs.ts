import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { suites, type SeedOptions, type SeedResult } from "./suites.js";

/** What a worker process is asked, and what it answers. */
export interface Chunk {
  readonly seeds: readonly bigint[];
  readonly options: SeedOptions;
}
export type ChunkResults = readonly SeedResult[];

const WORKER = fileURLToPath(new URL("./worker.js", import.meta.url));

/**
 * Runs seeds in worker processes. Results come in the order of the seeds, whatever order they were ready in; a worker
 * that dies fails the seeds it had, and another one takes its place.
 */
export async function runSeeds(
  seeds: readonly bigint[],
  options: SeedOptions,
  jobs: number,
  onResult: (result: SeedResult) => void,
): Promise<void> {
  const { chunk } = suites[options.suite];
  const chunks: (readonly bigint[])[] = [];
  for (let at = 0; at < seeds.length; at += chunk) chunks.push(seeds.slice(at, at + chunk));
  const ready = new Map<number, ChunkResults>();
  let next = 0;
  let told = 0;

  async function work(): Promise<void> {
    let worker: ChildProcess | undefined;
    for (let index = next++; index < chunks.length; index = next++) {
      worker ??= fork(WORKER, { serialization: "advanced" });
      const results = await ask(worker, { seeds: chunks[index]!, options });
      if (worker.exitCode !== null || worker.signalCode !== null) worker = undefined;
      ready.set(index, results);
      for (let due = ready.get(told); due !== undefined; due = ready.get(told)) {
        ready.delete(told++);
        for (const result of due) onResult(result);
      }
    }
    worker?.disconnect();
  }

  await Promise.all(Array.from({ length: Math.min(jobs, chunks.length) }, work));
}

function ask(worker: ChildProcess, chunk: Chunk): Promise<ChunkResults> {
  return new Promise((resolve) => {
    const onMessage = (results: unknown): void => settle(results as ChunkResults);
    const onExit = (code: number | null, signal: string | null): void =>
      settle(chunk.seeds.map((seed) => died(seed, `its process ended with ${signal ?? `status ${code}`}`)));
    const settle = (results: ChunkResults): void => {
      worker.off("message", onMessage);
      worker.off("exit", onExit);
      resolve(results);
    };
    worker.on("message", onMessage);
    worker.on("exit", onExit);
    worker.send(chunk);
  });
}

function died(seed: bigint, problem: string): SeedResult {
  return { seed, heights: 0, virtualMs: 0, digest: "", about: "", faults: {}, problem };
}
