/** A part of a whole with its name. */
export interface Part {
  readonly name: string;
  readonly amount: bigint;
}

/** One stream from the whole on the left to its part on the right, in the picture's units. */
export interface Stream<P extends Part> {
  readonly part: P;
  readonly from: readonly [top: number, bottom: number];
  readonly to: readonly [top: number, bottom: number];
}

export interface WaterfallSize {
  readonly height: number;
  /** Between the parts on the right, and the least height of one: it must hold its name. */
  readonly gap: number;
  readonly least: number;
}

/** Fixed point: a share of a height. */
const SCALE = 1_000_000n;

/** Streams of a whole to its parts, from top to bottom. On the left their heights are true; on the right none is too thin to name. */
export function waterfall<P extends Part>(parts: readonly P[], { height, gap, least }: WaterfallSize): Stream<P>[] {
  const whole = parts.reduce((sum, { amount }) => sum + amount, 0n);
  const share = (amount: bigint): number => (whole === 0n ? 0 : Number((amount * SCALE) / whole) / Number(SCALE));
  const room = height - gap * (parts.length - 1) - least * parts.length;
  let left = 0;
  let right = 0;
  return parts.map((part) => {
    const from = [left, left + share(part.amount) * height] as const;
    const to = [right, right + least + share(part.amount) * room] as const;
    left = from[1];
    right = to[1] + gap;
    return { part, from, to };
  });
}
