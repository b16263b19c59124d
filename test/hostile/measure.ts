/** What was seen of one node during one attack or control. Pure: watch.ts looks, here it is counted. */
export interface Sight {
  /** Monotonic, when the look was taken. */
  readonly atMs: number;
  readonly height: number;
}

export interface NodeWindow {
  readonly sights: readonly Sight[];
  readonly stallMs: number;
  readonly rssMb: number;
}

export interface Measured {
  readonly blocksPerSecond: number;
  readonly stallMs: number;
  /** By node; undefined of one that was not looked at. */
  readonly rssMb: readonly (number | undefined)[];
}

/**
 * Blocks a second between the first and the last new height that were seen, so that the edges of the window do not
 * count; to its end when the chain stood still for longer than two usual blocks.
 */
export function blockRate(sights: readonly Sight[], endMs: number): number {
  const steps = sights.filter(({ height }, i) => i > 0 && height > sights[i - 1]!.height);
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined || first === last) return 0;
  const usualMs = (last.atMs - first.atMs) / (last.height - first.height);
  const untilMs = endMs - last.atMs > 2 * usualMs ? endMs : last.atMs;
  return ((last.height - first.height) * 1000) / (untilMs - first.atMs);
}

/** The net's height is that of its best node: one that hangs behind says nothing about the chain. */
export function together(nodes: readonly (NodeWindow | undefined)[], endMs: number): Measured {
  const sights = nodes.flatMap((node) => node?.sights ?? []).sort((a, b) => a.atMs - b.atMs);
  let top = 0;
  const best = sights.map(({ atMs, height }) => ({ atMs, height: (top = Math.max(top, height)) }));
  return {
    blocksPerSecond: blockRate(best, endMs),
    stallMs: Math.max(0, ...nodes.map((node) => node?.stallMs ?? 0)),
    rssMb: nodes.map((node) => node?.rssMb),
  };
}

/** The most that one node grew; a node that was missing on either side is not compared. */
export function growthMb(before: Measured, during: Measured): number {
  const grown = during.rssMb.map((mb, i) => (mb === undefined ? 0 : mb - (before.rssMb[i] ?? mb)));
  return Math.max(0, ...grown);
}
