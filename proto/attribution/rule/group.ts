/** 64-bit values, each given by its upper and lower 32 bits, with equal ones under one number. */
export interface Groups {
  /** Number of the value at each index: its place among the distinct values in ascending order. */
  readonly ids: Uint32Array;
  /** The distinct values, ascending. */
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/**
 * Numbers equal values. A radix sort of eight passes, whatever the values are: writers of text choose them, so a hash
 * table with a known hash could be filled along one chain.
 */
export function groupEqual(high: Uint32Array, low: Uint32Array): Groups {
  const order = sortedOrder(high, low);
  const ids = new Uint32Array(high.length);
  const [distinctHigh, distinctLow] = [new Uint32Array(high.length), new Uint32Array(high.length)];
  let count = 0;
  for (const at of order) {
    const [h, l] = [high[at]!, low[at]!];
    if (count === 0 || distinctHigh[count - 1] !== h || distinctLow[count - 1] !== l) {
      distinctHigh[count] = h;
      distinctLow[count] = l;
      count++;
    }
    ids[at] = count - 1;
  }
  return { ids, high: distinctHigh.subarray(0, count), low: distinctLow.subarray(0, count) };
}

/** The number of a value, or -1. Binary search: at most 32 steps. */
export function idOf({ high, low }: Groups, wantedHigh: number, wantedLow: number): number {
  let [from, to] = [0, high.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const h = high[middle]!;
    if (h < wantedHigh || (h === wantedHigh && low[middle]! < wantedLow)) from = middle + 1;
    else to = middle;
  }
  return from < high.length && high[from] === wantedHigh && low[from] === wantedLow ? from : -1;
}

function sortedOrder(high: Uint32Array, low: Uint32Array): Uint32Array {
  let order = new Uint32Array(high.length);
  let next = new Uint32Array(high.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  const starts = new Uint32Array(257);
  for (let pass = 0; pass < 8; pass++) {
    const words = pass < 4 ? low : high;
    const shift = 8 * (pass & 3);
    starts.fill(0);
    for (let i = 0; i < words.length; i++) starts[((words[i]! >>> shift) & 255) + 1]!++;
    for (let i = 1; i < 257; i++) starts[i]! += starts[i - 1]!;
    for (let i = 0; i < order.length; i++) {
      const at = order[i]!;
      next[starts[(words[at]! >>> shift) & 255]!++] = at;
    }
    [order, next] = [next, order];
  }
  return order;
}
