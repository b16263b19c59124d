import { accusedIn } from "./checks.js";
import type { Cluster } from "./cluster.js";

/** Beside a turn of each as proposer: evidence waits for its height, travels, and some proposers leave it out. */
const HEIGHTS_MORE = 4n;
/** Those heights, if each takes some rounds. */
const PUNISHED_MS_MAX = 120_000;

/**
 * Evidence that honest nodes hold ends in a block and in no other way: soon no honest node has evidence that
 * is pending or waits, and every validator that one ever had evidence against was convicted.
 */
export async function punishes(cluster: Cluster): Promise<void> {
  const { checks, machines } = cluster;
  const left = (): string[] =>
    cluster.honest().flatMap((index) => {
      const { id, evidence } = machines[index]!;
      return evidence.map((bytes) => `${id} against ${accusedIn(bytes)}`);
    });
  const last = checks.highest + BigInt(machines.length) + HEIGHTS_MORE;
  await cluster.until(() => left().length === 0 || checks.highest > last, PUNISHED_MS_MAX);
  if (checks.problems.length > 0) return;
  if (left().length > 0) {
    return checks.problem(`evidence is left at height ${checks.highest}: ${left().join(", ")}: ${cluster.where()}`);
  }
  for (const validator of checks.held) {
    if (!checks.convicted.has(validator)) checks.problem(`${validator} is unpunished, and the evidence is gone`);
  }
}
