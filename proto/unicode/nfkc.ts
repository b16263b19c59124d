import { isAssigned } from "./classes.js";
import { CODE_POINTS, readRanges, readRows } from "./decode.js";
import { composeSyllable, decomposeSyllable, HANGUL, isSyllable, mayFollow } from "./hangul.js";
import { ASSIGNED, COMBINING_CLASSES, COMPOSITIONS, DECOMPOSITIONS } from "./tables.js";

/**
 * NFKC (UAX 15) of Unicode 15.0 by our own tables, as a stream: code points in, code points out. What 15.0 does not assign
 * enters as U+FFFD; the stability policy makes the rest equal on every later Unicode.
 */
const REPLACEMENT = 0xfffd;
/** Not a code point: no starter is held. */
const NONE = -1;

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

/** 1 for an assigned starter that does not decompose and joins nothing before it: most of a text, and the fast path. */
const plain = new Uint8Array(CODE_POINTS);
readRanges(ASSIGNED, (start, end) => plain.fill(1, start, end));
for (const points of [decompositions.keys(), combiningClasses.keys(), starterSeconds]) {
  for (const point of points) plain[point] = 0;
}
HANGUL.forEach(([start, end]) => plain.fill(0, start, end));

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
  // One segment: what it starts with, and all that may still reorder or compose with that. It grows with the text at worst.
  let held = NONE;
  let joined: number[] = [];
  const flush = (): void => {
    if (joined.length > 0) {
      for (const point of compose(reorder([held, ...joined]))) emit(point);
      joined = [];
    } else if (held !== NONE) emit(held);
    held = NONE;
  };
  const add = (point: number): void => {
    if (held !== NONE && (combiningClass(point) !== 0 || starterSeconds.has(point) || mayFollow(point))) {
      joined.push(point);
    } else {
      flush();
      held = point;
    }
  };
  return {
    push(point) {
      if (plain[point] === 1) {
        flush();
        held = point;
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
