import type { Target } from "./kinds.js";
import type { ThreadProfile } from "./profile.js";

/** What is put under load. */
export interface Chain {
  readonly target: Target;
  /** Of the nodes' RPC. The first is followed, and profiled. */
  readonly urls: readonly string[];
  /** Of its nodes, as far as they run on this machine and are known. */
  readonly pids: readonly number[];
  /** Where its nodes serve the metrics of this program. */
  readonly metricsPorts: readonly number[];
  stop(): Promise<readonly ThreadProfile[]>;
}
