import type { Answer } from "./answers.js";
import type { Work } from "./holders.js";
import { printOf } from "./text.js";

/**
 * PoA-1's rule, kept as the figure that the new one is compared with: each position of six tokens is a unit, paid if a source
 * of the context holds it and the question does not.
 */
const K = 6;

/** Sources are contributed whole: their positions are made once. */
const known = new WeakMap<Work, ReadonlySet<string>>();

export function positionsCovered(
  { asked, passages, text }: Answer,
  works: readonly Work[],
): { paid: number; of: number } {
  const sources = new Set(passages.map(({ source }) => source));
  const held = works.filter(({ source }) => sources.has(source)).map(positionsOfWork);
  const echo = new Set(positions(asked));
  const answered = positions(text);
  const paid = answered.filter((position) => !echo.has(position) && held.some((source) => source.has(position)));
  return { paid: paid.length, of: answered.length };
}

function positionsOfWork(work: Work): ReadonlySet<string> {
  const found = known.get(work) ?? new Set(work.texts.flatMap(positions));
  known.set(work, found);
  return found;
}

function positions(text: string): string[] {
  const { tokens } = printOf(text);
  const packed = Buffer.from(tokens).toString("latin1");
  const count = Math.max(0, tokens.length / 8 - K + 1);
  return Array.from({ length: count }, (_, i) => packed.slice(8 * i, 8 * (i + K)));
}
