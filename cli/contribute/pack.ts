/** Far below the chain's limits of messages and bytes, so that a transaction fits beside others in a block. */
const MESSAGES_MAX = 32;
const BYTES_MAX = 60_000;

/** Items in their order, as many together as one transaction takes; one that is larger goes alone. */
export function pack<T>(items: readonly T[], bytesOf: (item: T) => number): T[][] {
  const groups: T[][] = [];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item);
    const group = groups.at(-1);
    if (group === undefined || group.length >= MESSAGES_MAX || bytes + size > BYTES_MAX) {
      groups.push([item]);
      bytes = size;
    } else {
      group.push(item);
      bytes += size;
    }
  }
  return groups;
}
