/** Items in their order, in as few lists as `max` a list allows; a single larger one stands alone. */
export function packBySize<T>(items: readonly T[], sizeOf: (item: T) => number, max: number): T[][] {
  const lists: T[][] = [];
  let size = Infinity;
  for (const item of items) {
    const own = sizeOf(item);
    if (size + own > max) {
      lists.push([]);
      size = 0;
    }
    lists[lists.length - 1]!.push(item);
    size += own;
  }
  return lists;
}
