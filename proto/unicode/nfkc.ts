import { isAssigned } from "./classes.js";
import { CODE_POINTS, readRows } from "./decode.js";
import { composeSyllable, decomposeSyllable, isSyllable, mayFollow } from "./hangul.js";
import { COMBINING_CLASSES, COMPOSITIONS, DECOMPOSITIONS } from "./tables.js";

/**
 * NFKC (UAX 15) of Unicode 15.0 by our own tables, as a stream: code points in, code points out. What 15.0 does not assign
 * enters as U+FFFD; the stability policy makes the rest equal on every later Unicode.
 */
const REPLACEMENT = 0xfffd;
/** Below it nothing decomposes, combines, or stands second in a composition. */
const PLAIN_END = 0xa0;

const decompositions = new Map<number, readonly number[]>();
const combiningClasses = new Map<number, number>();
const compositions = new Map<number, number>();
/** Starters that may be the second of a composition, so that no segment ends before them. */
const starterSeconds = new Set<number>();

readRows(DECOMPOSITIONS, ([point, ...parts]) => decompositions.set(point!, parts));
readRows(COMBINING_CLASSES, ([point, value]) => combiningClasses.set(point!, value!));
readRows(COMPOSITIONS, ([first, second, composed]) => {
  compositions.set(first! * CODE_POINTS + second!, composed!);
  if (!combiningClasses.has(second!)) starterSeconds.add(second!);
});

const combiningClass = (point: number): number => combiningClasses.get(point) ?? 0;

/** A streaming normalizer. */
export interface Normalizer {
  /** Any code point but a surrogate. */
  push(point: number): void;
  /** Emits what was held back. */
  end(): void;
}

/** NFKC of a stream of code points by the pinned tables; calls `emit` with each normalised code point, in order. */
export function normalizer(emit: (point: number) => void): Normalizer {
  // One segment: a starter and all that may still reorder or compose with it. It grows with the text at worst.
  let segment: number[] = [];
  const flush = (): void => {
    if (segment.length === 1) emit(segment[0]!);
    else for (const point of compose(reorder(segment))) emit(point);
    segment = [];
  };
  const add = (point: number): void => {
    if (combiningClass(point) === 0 && !starterSeconds.has(point) && !mayFollow(point)) flush();
    segment.push(point);
  };
  return {
    push(point) {
      if (point < PLAIN_END) {
        flush();
        segment.push(point);
      } else if (!isAssigned(point)) add(REPLACEMENT);
      else if (isSyllable(point)) decomposeSyllable(point).forEach(add);
      else {
        const parts = decompositions.get(point);
        if (parts === undefined) add(point);
        else parts.forEach(add);
      }
    },
    end: flush,
  };
}

/** Canonical ordering: each run of marks is sorted by class, equal classes stay in place. Array sort is stable. */
function reorder(segment: readonly number[]): number[] {
  const out: number[] = [];
  let marks: number[] = [];
  const sorted = (): number[] => marks.sort((a, b) => combiningClass(a) - combiningClass(b));
  for (const point of segment) {
    if (combiningClass(point) !== 0) marks.push(point);
    else {
      for (const mark of sorted()) out.push(mark);
      out.push(point);
      marks = [];
    }
  }
  for (const mark of sorted()) out.push(mark);
  return out;
}

/** Canonical composition: a point joins the last starter unless something of its own class or higher stands between. */
function compose(points: readonly number[]): number[] {
  const out: number[] = [];
  let starter = -1;
  let lastClass = 0;
  for (const point of points) {
    const ownClass = combiningClass(point);
    if (starter >= 0 && (lastClass === 0 || lastClass < ownClass)) {
      const composed = composePair(out[starter]!, point);
      if (composed !== undefined) {
        out[starter] = composed;
        continue;
      }
    }
    if (ownClass === 0) starter = out.length;
    lastClass = ownClass;
    out.push(point);
  }
  return out;
}

function composePair(first: number, second: number): number | undefined {
  return composeSyllable(first, second) ?? compositions.get(first * CODE_POINTS + second);
}

/** NFKC of a whole well-formed text; for short texts and tests. */
export function nfkc(text: string): string {
  const out: string[] = [];
  const normal = normalizer((point) => out.push(String.fromCodePoint(point)));
  for (const symbol of text) normal.push(symbol.codePointAt(0)!);
  normal.end();
  return out.join("");
}
