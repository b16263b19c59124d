import { growthMb, type Measured } from "./measure.js";

/** What each adversary must leave standing. */
export const BARS = { blockRateRatio: 0.8, stallMs: 100, rssGrowthMb: 128 } as const;

/** A ban of one validator by another. */
export interface HonestBan {
  readonly by: number;
  readonly of: number;
  readonly reason: string;
}

export interface Seen {
  readonly name: string;
  readonly seconds: number;
  /** Mean of the controls before and after. */
  readonly controlRate: number;
  readonly before: Measured;
  readonly during: Measured;
  readonly died: readonly string[];
  readonly banned: readonly HonestBan[];
  /** What a client or a peer saw go wrong, and what did not come back afterwards. */
  readonly problems: readonly string[];
}

export interface Verdict {
  readonly name: string;
  readonly seconds: number;
  readonly died: number;
  readonly bannedHonest: number;
  readonly blockRateRatio: number;
  readonly stallMs: number;
  readonly rssGrowthMb: number;
  /** Empty: it changed nothing that matters. */
  readonly failures: readonly string[];
}

export function judge(seen: Seen): Verdict {
  const { name, seconds, controlRate, before, during, died, banned, problems } = seen;
  const ratio = controlRate === 0 ? 0 : during.blocksPerSecond / controlRate;
  const growth = growthMb(before, during);
  const failures = [
    ...died.map((how) => `died: ${how}`),
    ...banned.map(({ by, of, reason }) => `node ${by} banned node ${of}: ${reason}`),
    ...(ratio < BARS.blockRateRatio ? [`block rate ${percent(ratio)} of the control`] : []),
    ...(during.stallMs > BARS.stallMs ? [`event loop stood still for ${during.stallMs.toFixed(0)} ms`] : []),
    ...(growth > BARS.rssGrowthMb ? [`a node grew by ${growth.toFixed(0)} MB`] : []),
    ...problems,
  ];
  const counts = { died: died.length, bannedHonest: banned.length };
  return { name, seconds, ...counts, blockRateRatio: ratio, stallMs: during.stallMs, rssGrowthMb: growth, failures };
}

const percent = (ratio: number): string => `${(100 * ratio).toFixed(0)} %`;

/** One line an adversary, in columns. */
export function lineOf(verdict: Verdict): string {
  const { name, died, bannedHonest, blockRateRatio, stallMs, rssGrowthMb, seconds, failures } = verdict;
  const columns = [
    name.padEnd(24),
    `died ${died}`,
    `banned ${bannedHonest}`,
    `rate ${percent(blockRateRatio).padStart(5)}`,
    `stall ${stallMs.toFixed(0).padStart(5)} ms`,
    `rss ${`+${rssGrowthMb.toFixed(0)}`.padStart(5)} MB`,
    `${seconds.toFixed(0).padStart(3)} s`,
    failures.length === 0 ? "ok" : `FAILED: ${failures.join("; ")}`,
  ];
  return columns.join("  ");
}

/** The last line of a run; names in it never change once published. */
export function summary(verdicts: readonly Verdict[]): Readonly<Record<string, unknown>> {
  const most = (of: (verdict: Verdict) => number): number => Math.max(0, ...verdicts.map(of));
  const sum = (of: (verdict: Verdict) => number): number => verdicts.reduce((total, verdict) => total + of(verdict), 0);
  return {
    adversaries: verdicts.length,
    died: sum(({ died }) => died),
    banned_honest: sum(({ bannedHonest }) => bannedHonest),
    block_rate_ratio: Number(Math.min(...verdicts.map(({ blockRateRatio }) => blockRateRatio)).toFixed(3)),
    loop_stall_ms_max: Math.round(most(({ stallMs }) => stallMs)),
    rss_growth_mb_max: Math.round(most(({ rssGrowthMb }) => rssGrowthMb)),
    failed: verdicts.filter(({ failures }) => failures.length > 0).map(({ name }) => name),
  };
}
