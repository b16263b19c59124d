import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openModelChain } from "#test/gateway/chain.js";
import type { Suite } from "../suite.js";
import { latency } from "./latency.js";
import { vouchers } from "./vouchers.js";

/** What the way through a gateway costs: time, disk, chain. */
export const gatewaySuite: Suite = async (bench) => {
  const root = mkdtempSync(join(tmpdir(), "bench-gateway-"));
  const chain = await openModelChain(root, 1);
  try {
    await latency(bench, { ...chain, root });
    await vouchers(bench, chain);
  } finally {
    await chain.stop();
    rmSync(root, { recursive: true, force: true });
  }
};
