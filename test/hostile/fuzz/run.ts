import type { NetOptions } from "../net.js";
import type { FuzzRow } from "./table.js";

export interface FuzzOptions {
  readonly seed: bigint;
  readonly seconds: number;
  readonly ports: NetOptions["ports"];
}

/** The last line of a run; names in it never change once published. */
export interface FuzzResult {
  readonly listener: string;
  readonly seed: string;
  readonly seconds: number;
  readonly cases: number;
  readonly died: number;
  readonly banned_honest: number;
  readonly failed: readonly string[];
}

/** Throws bytes at one listener of living nodes. */
export async function fuzz(
  listener: string,
  { open, fuzzer }: FuzzRow,
  { seed, seconds, ports }: FuzzOptions,
): Promise<FuzzResult> {
  const stage = await open(ports);
  try {
    const { cases } = await fuzzer({ address: stage.address, seed, seconds });
    const missing = stage.died().length > 0 ? undefined : await stage.recovered();
    const died = stage.died();
    const banned = stage.banned().map(({ by, of, reason }) => `node ${by} banned node ${of}: ${reason}`);
    return {
      ...{ listener, seed: String(seed), seconds, cases, died: died.length, banned_honest: banned.length },
      failed: [...died.map((how) => `died: ${how}`), ...banned, ...(missing === undefined ? [] : [missing])],
    };
  } finally {
    await stage.close();
  }
}
