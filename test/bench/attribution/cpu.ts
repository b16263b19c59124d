import { cpuUsage } from "node:process";

const ROUNDS = 5;

/** CPU milliseconds of this process: what others do on the machine changes little. */
export function cpuMs(run: () => unknown): number {
  const before = cpuUsage();
  run();
  const { user, system } = cpuUsage(before);
  return (user + system) / 1_000;
}

/** The median of five measurements. */
export function median(measure: () => number): number {
  return Array.from({ length: ROUNDS }, measure).sort((a, b) => a - b)[ROUNDS >> 1]!;
}
