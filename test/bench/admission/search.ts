import type { SeededRandom } from "#test/simulation/random.js";

/** Where a search stands: numbers from 0 to 1 that a shape turns into a transaction. */
export type Genome = readonly number[];
const GENES = 12;

export interface Found {
  readonly shape: string;
  readonly genome: Genome;
  readonly value: number;
}

/** Reads genes one after the other, from the beginning again behind the last. */
export class Genes {
  readonly #genome: Genome;
  #at = 0;

  constructor(genome: Genome) {
    this.#genome = genome;
  }

  share(): number {
    return this.#genome[this.#at++ % this.#genome.length]!;
  }

  /** A whole number from `from` to `to`, both possible. */
  whole(from: number, to: number): number {
    return Math.min(to, from + Math.floor(this.share() * (to - from + 1)));
  }

  of<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)]!;
  }
}

/**
 * Draws from every shape, then climbs from the best of them: one gene moves, and what is dearer stays.
 * @returns where each climber ended, and the best draw of each shape
 */
export function climb(
  shapes: readonly string[],
  random: SeededRandom,
  tries: { readonly draws: number; readonly climbers: number; readonly steps: number },
  value: (shape: string, genome: Genome) => number,
): Found[] {
  const gene = (): number => random.below(1 << 24) / (1 << 24);
  const found: Found[] = [];
  for (const shape of shapes) {
    for (let i = 0; i < tries.draws; i++) {
      const genome = Array.from({ length: GENES }, gene);
      found.push({ shape, genome, value: value(shape, genome) });
    }
  }
  const climbers = [...found].sort((a, b) => b.value - a.value).slice(0, tries.climbers);
  for (let at = 0; at < climbers.length; at++) {
    for (let step = 0; step < tries.steps; step++) {
      const from = climbers[at]!;
      const genome = [...from.genome];
      const place = random.below(GENES);
      genome[place] = step % 2 === 0 ? gene() : Math.min(0.999_999, Math.max(0, genome[place]! + (gene() - 0.5) / 8));
      const next = { shape: from.shape, genome, value: value(from.shape, genome) };
      if (next.value > from.value) climbers[at] = next;
    }
  }
  const drawn = shapes.map((shape) =>
    found.filter((each) => each.shape === shape).reduce((a, b) => (b.value > a.value ? b : a)),
  );
  return [...climbers, ...drawn];
}
