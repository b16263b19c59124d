import type { Bytes } from "../bytes.js";

/**
 * The shape of RFC 6962 (section 2.1): a tree of n leaves splits at the largest power of two below n. Pairing neighbours
 * level by level and promoting an odd last one gives the same tree. Position and size are therefore provable.
 */

/** One step up from a leaf: the side of the sibling and the number of leaves below it. */
export interface Step {
  readonly siblingIsLeft: boolean;
  readonly siblingLeaves: bigint;
}

/** The steps from leaf `index` to the top of `count` leaves, nearest sibling first; at most 64. Needs index < count. */
export function stepsToTop(index: bigint, count: bigint): Step[] {
  const steps: Step[] = [];
  let place = index;
  let leaves = count;
  while (leaves > 1n) {
    const left = 1n << BigInt((leaves - 1n).toString(2).length - 1);
    if (place < left) {
      steps.push({ siblingIsLeft: false, siblingLeaves: leaves - left });
      leaves = left;
    } else {
      steps.push({ siblingIsLeft: true, siblingLeaves: left });
      place -= left;
      leaves -= left;
    }
  }
  return steps.reverse();
}

/** All levels of a tree, the leaves first, the single top last. Needs at least one leaf. */
export function levelsOf<T>(leaves: readonly T[], join: (left: T, right: T) => T): T[][] {
  const levels: T[][] = [[...leaves]];
  for (let level = levels[0]!; level.length > 1;) {
    const next: T[] = [];
    for (let i = 0; i + 1 < level.length; i += 2) next.push(join(level[i]!, level[i + 1]!));
    if (level.length % 2 === 1) next.push(level[level.length - 1]!);
    levels.push(next);
    level = next;
  }
  return levels;
}

/** The siblings of leaf `index`, nearest first, in the order of `stepsToTop`. */
export function pathOf<T>(levels: readonly (readonly T[])[], index: number): T[] {
  const path: T[] = [];
  let place = index;
  for (const level of levels) {
    const sibling = level[place ^ 1];
    if (sibling !== undefined) path.push(sibling);
    place >>= 1;
  }
  return path;
}

/** The hash of 32 bytes at an index of a flat list; a view, not a copy. */
export function hashAt(flat: Bytes, index: number): Bytes {
  return flat.subarray(index * 32, index * 32 + 32);
}
