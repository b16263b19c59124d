/** Chance from a seed: the same seed, the same run. `fork` gives each part a stream of its own. */
export interface SeededRandom {
  u64(): bigint;
  /** A whole number from 0 to limit - 1. */
  below(limit: number): number;
  chance(percent: number): boolean;
  fork(): SeededRandom;
}

const U64 = (1n << 64n) - 1n;

/** splitmix64. For simulation and tests only: keys come from the OS, proposers from priorities. */
export function seeded(seed: bigint): SeededRandom {
  let s = seed & U64;
  const next = (): bigint => {
    s = (s + 0x9e3779b97f4a7c15n) & U64;
    let z = s;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & U64;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & U64;
    return z ^ (z >> 31n);
  };
  const below = (limit: number): number => Number(next() % BigInt(limit));
  return { u64: next, below, chance: (percent) => below(100) < percent, fork: () => seeded(next()) };
}
