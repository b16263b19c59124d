import { readFileSync } from "node:fs";

/** The kernel's clock of processor time, on every Linux that Node supports. */
const TICKS_PER_SECOND = 100;

/** Processor time of a process so far, its threads included. Unit: ms. Source: utime and stime of proc(5). */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // The name before it may hold spaces.
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/** The most memory that a process has had. Unit: MB of 2^20 bytes. */
export function peakMb(pid: number): number {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  if (found === null) throw new Error(`process ${pid} has no VmHWM`);
  return Number(found[1]) / 1024;
}
