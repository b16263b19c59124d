import { assert } from "../assert.js";

/** Readers of the generated tables (scripts/unicode.mjs writes them): numbers in base 36. */

export const CODE_POINTS = 0x11_0000;

/** Calls `each` with start and end (exclusive) of every range of "gap length gap length ...". */
export function readRanges(table: string, each: (start: number, end: number) => void): void {
  const numbers = table.split(" ");
  let end = 0;
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    const start = end + parse(numbers[i]!);
    end = start + parse(numbers[i + 1]!);
    each(start, end);
  }
}

/** Calls `each` with every row; the first number of a row is stored as its distance from the row before. */
export function readRows(table: string, each: (row: readonly number[]) => void): void {
  let key = 0;
  for (const text of table.split(",")) {
    const row = text.split(" ").map(parse);
    key += row[0]!;
    row[0] = key;
    each(row);
  }
}

function parse(text: string): number {
  const value = Number.parseInt(text, 36);
  assert(value >= 0 && value < CODE_POINTS, "a Unicode table is damaged");
  return value;
}
