/** A line of a statement as sums need it. Amounts in billionths of the base unit. */
export interface EarnedLine {
  readonly versionId: bigint;
  /** Undefined unless it is for a contribution. */
  readonly contributionId: bigint | undefined;
  readonly earned: bigint;
  /** Unix milliseconds at which it is free. */
  readonly dueTime: bigint;
}

export interface Sum<K> {
  readonly key: K;
  readonly earned: bigint;
  readonly lines: number;
}

/** Sums by a key, the largest first; equal ones by the order of the lines. */
export function sumsBy<K>(lines: readonly EarnedLine[], keyOf: (line: EarnedLine) => K | undefined): Sum<K>[] {
  const sums = new Map<K, { earned: bigint; lines: number }>();
  for (const line of lines) {
    const key = keyOf(line);
    if (key === undefined) continue;
    const before = sums.get(key) ?? { earned: 0n, lines: 0 };
    sums.set(key, { earned: before.earned + line.earned, lines: before.lines + 1 });
  }
  return [...sums]
    .map(([key, sum]) => ({ key, ...sum }))
    .sort((a, b) => (a.earned > b.earned ? -1 : a.earned < b.earned ? 1 : 0));
}

const SPANS_MS = [10_000, 60_000, 600_000, 3_600_000, 86_400_000, 604_800_000, 2_592_000_000];
const BARS_MAX = 40;

/** What was earned in spans of equal length. */
export interface Periods {
  readonly spanMs: number;
  /** Begin of each span in unix milliseconds, ascending without gaps. */
  readonly starts: readonly number[];
  readonly earned: readonly bigint[];
}

/** By period: the shortest span with which the picture has at most forty bars. */
export function periodsOf(lines: readonly EarnedLine[]): Periods {
  const times = lines.map(({ dueTime }) => Number(dueTime));
  if (times.length === 0) return { spanMs: SPANS_MS[0]!, starts: [], earned: [] };
  const [first, last] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  const fits = (span: number): boolean => Math.floor(last / span) - Math.floor(first / span) < BARS_MAX;
  const spanMs = SPANS_MS.find(fits) ?? Math.ceil((last - first + 1) / (BARS_MAX - 1));
  const begin = Math.floor(first / spanMs);
  const earned = Array<bigint>(Math.floor(last / spanMs) - begin + 1).fill(0n);
  for (const line of lines) earned[Math.floor(Number(line.dueTime) / spanMs) - begin]! += line.earned;
  return { spanMs, starts: earned.map((_, i) => (begin + i) * spanMs), earned };
}
