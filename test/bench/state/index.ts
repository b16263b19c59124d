import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench } from "../suite.js";
import { measureSize } from "./size.js";

/** The authenticated state on disk, against a plain batch of the same values in the same run. */
export async function stateSuite(bench: Bench): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "tributary-bench-"));
  try {
    if (bench.quick) await measureSize(bench, join(directory, "quick"), 100_000, "quick");
    else await measureSize(bench, join(directory, "1m"), 1_000_000, "1m");
    if (bench.large) await measureSize(bench, join(directory, "10m"), 10_000_000, "10m");
  } finally {
    await rm(directory, { recursive: true });
  }
}
