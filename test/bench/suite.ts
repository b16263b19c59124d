export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The floor or a peer, measured in the same run, and value divided by it. */
  readonly baseline?: number;
  readonly ratio?: number;
}

export interface Bench {
  /** Smaller sizes, for a look: the names of what they give end in `_quick`. */
  readonly quick: boolean;
  readonly large: boolean;
  /** Of whatever a suite draws. */
  readonly seed: bigint;
  note(text: string): void;
  result(entry: Result): void;
}

export type Suite = (bench: Bench) => Promise<void>;

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
