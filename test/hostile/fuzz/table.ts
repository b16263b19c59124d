import type { NetOptions } from "../net.js";
import type { FuzzStage } from "./stage.js";

/** Throws bytes from a seed at an address until the time is over, and says how many cases that were. */
export type Fuzzer = (given: {
  readonly address: string;
  readonly seed: bigint;
  readonly seconds: number;
}) => Promise<{ readonly cases: number }>;

export interface FuzzRow {
  readonly open: (ports: NetOptions["ports"]) => Promise<FuzzStage>;
  readonly fuzzer: Fuzzer;
}

/** By listener. */
export const fuzzers: Readonly<Record<string, FuzzRow>> = {};
