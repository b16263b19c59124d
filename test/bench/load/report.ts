import { percentile } from "../suite.js";
import type { SeenBlock } from "./follower.js";

/** Everything that a run has seen. Times are of one clock, in milliseconds. */
export interface Observed {
  readonly startMs: number;
  /** The last submission. */
  readonly endMs: number;
  readonly blocks: readonly SeenBlock[];
  /** By base64 of the transaction. */
  readonly submitted: ReadonlyMap<string, { readonly submittedMs: number; readonly answeredMs: number }>;
}

export interface Figures {
  readonly offered: number;
  readonly included: number;
  /** Included by blocks that the client saw while transactions were submitted, a second of that time. */
  readonly tps: number;
  /** Of ours, in blocks seen in each second since the start. */
  readonly tps_curve: readonly number[];
  readonly latency_ms_p50: number;
  readonly latency_ms_p90: number;
  readonly latency_ms_p99: number;
  readonly broadcast_ms_p50: number;
  readonly broadcast_ms_p99: number;
  readonly block_interval_ms: number;
  readonly block_interval_ms_min: number;
  readonly block_interval_ms_max: number;
  readonly blocks: number;
  /** Heights that were decided in a round above 0, and the highest such round. */
  readonly later_rounds: number;
  readonly highest_round: number;
}

export function figures({ startMs, endMs, blocks, submitted }: Observed): Figures {
  const latencies: number[] = [];
  const curve = new Array<number>(Math.ceil((endMs - startMs) / 1000)).fill(0);
  let during = 0;
  for (const { txs, atMs } of blocks) {
    for (const tx of txs) {
      const sent = submitted.get(tx);
      if (sent === undefined) continue;
      latencies.push(atMs - sent.submittedMs);
      if (atMs > endMs) continue;
      during++;
      const second = Math.floor((atMs - startMs) / 1000);
      curve[second] = (curve[second] ?? 0) + 1;
    }
  }
  const broadcasts = [...submitted.values()].map(({ submittedMs, answeredMs }) => answeredMs - submittedMs);
  const window = blocks.filter(({ atMs }) => atMs >= startMs && atMs <= endMs);
  const intervals = window.slice(1).map(({ atMs }, i) => atMs - window[i]!.atMs);
  const rounds = window.map(({ lastRound }) => lastRound);
  return {
    offered: submitted.size,
    included: latencies.length,
    tps: rounded((during * 1000) / (endMs - startMs)),
    tps_curve: curve,
    latency_ms_p50: rounded(percentile(latencies, 0.5)),
    latency_ms_p90: rounded(percentile(latencies, 0.9)),
    latency_ms_p99: rounded(percentile(latencies, 0.99)),
    broadcast_ms_p50: rounded(percentile(broadcasts, 0.5)),
    broadcast_ms_p99: rounded(percentile(broadcasts, 0.99)),
    block_interval_ms: rounded(intervals.reduce((sum, ms) => sum + ms, 0) / intervals.length),
    block_interval_ms_min: rounded(Math.min(...intervals)),
    block_interval_ms_max: rounded(Math.max(...intervals)),
    blocks: window.length,
    later_rounds: rounds.filter((round) => round > 0).length,
    highest_round: Math.max(0, ...rounds),
  };
}

/** To a hundredth: more digits of one run say nothing. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
