/** 64-bit values, each given by its upper and lower 32 bits, with equal ones under one number. */
export interface Groups {
  /** Number of the value at each index: its place among the distinct values. */
  readonly ids: Uint32Array;
  /** The distinct values, ascending by their lower half, then by the upper. */
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/**
 * Numbers equal values. A radix sort of four passes, of eight if two different values agree in their lower half, whatever
 * the values are: writers of text choose them, so a hash table with a known hash could be filled along one chain.
 */
export function groupEqual(high: Uint32Array, low: Uint32Array): Groups {
  let order = sortedBy(low, inOrder(low.length));
  // By the lower half first: equal lower halves mostly are equal values, and then the order is whole.
  if (!agree(high, low, order)) order = sortedBy(low, sortedBy(high, inOrder(high.length)));
  const ids = new Uint32Array(high.length);
  const [distinctHigh, distinctLow] = [new Uint32Array(high.length), new Uint32Array(high.length)];
  let count = 0;
  for (let i = 0; i < order.length; i++) {
    const at = order[i]!;
    const h = high[at]!;
    const l = low[at]!;
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
  let from = 0;
  let to = high.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const l = low[middle]!;
    if (l < wantedLow || (l === wantedLow && high[middle]! < wantedHigh)) from = middle + 1;
    else to = middle;
  }
  return from < high.length && high[from] === wantedHigh && low[from] === wantedLow ? from : -1;
}

function agree(high: Uint32Array, low: Uint32Array, order: Uint32Array): boolean {
  for (let i = 1; i < order.length; i++) {
    const [a, b] = [order[i - 1]!, order[i]!];
    if (low[a] === low[b] && high[a] !== high[b]) return false;
  }
  return true;
}

function inOrder(size: number): Uint32Array {
  const order = new Uint32Array(size);
  for (let i = 0; i < size; i++) order[i] = i;
  return order;
}

/** The indexes in the order of their words; of equal ones in the order that they have. */
function sortedBy(words: Uint32Array, from: Uint32Array): Uint32Array {
  let order = from;
  let next: Uint32Array = new Uint32Array(order.length);
  const starts = new Uint32Array(257);
  for (let shift = 0; shift < 32; shift += 8) {
    starts.fill(0);
    for (let i = 0; i < words.length; i++) starts[((words[i]! >>> shift) & 255) + 1]!++;
    for (let i = 1; i < 257; i++) starts[i]! += starts[i - 1]!;
    for (let i = 0; i < order.length; i++) {
      const at = order[i]!;
      next[starts[(words[at]! >>> shift) & 255]!++] = at;
    }
    const done = order;
    order = next;
    next = done;
  }
  return order;
}
