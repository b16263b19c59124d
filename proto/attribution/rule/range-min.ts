/** The least of `values` from an index up to another, not included, in constant time. Needs from < to. */
export type RangeMin = (from: number, to: number) => number;

/** Builds the table: one row a power of two, each half the work of comparing neighbours of the row before. */
export function rangeMin(values: Uint32Array): RangeMin {
  const rows = [values];
  for (let width = 1; 2 * width <= values.length; width *= 2) {
    const before = rows[rows.length - 1]!;
    const row = new Uint32Array(values.length - 2 * width + 1);
    for (let i = 0; i < row.length; i++) row[i] = Math.min(before[i]!, before[i + width]!);
    rows.push(row);
  }
  return (from, to) => {
    const power = 31 - Math.clz32(to - from);
    const row = rows[power]!;
    return Math.min(row[from]!, row[to - (1 << power)]!);
  };
}
