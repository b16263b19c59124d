import type { Bytes } from "../../bytes.js";
import { FINGERPRINT_BYTES, fingerprintOf } from "../packed.js";
import { lowerBound } from "../set-tree.js";
import { hasPlaceBefore, isSenior, standAt, type Contribution } from "../standing.js";
import { readU64be } from "../../bytes.js";
import type { IdIndex } from "./committed.js";

/** A contribution with its committed set: packed, ascending. */
export interface CommittedSet {
  readonly contribution: Contribution;
  readonly fingerprints: Bytes;
}

/**
 * The index as of a height over whole sets, for verifiers: they have proven them, and have no tables. A look-up costs a
 * binary search in each set, once a fingerprint.
 */
export function indexOfSets(sets: readonly CommittedSet[], formed: bigint): IdIndex {
  const standing = sets
    .map((set) => ({ ...set, accepted: standAt(set.contribution, formed).acceptedHeight !== 0n }))
    .filter(({ contribution }) => standAt(contribution, formed).stands);
  const known = new Map<bigint, readonly (typeof standing)[number][]>();
  const holders = (high: number, low: number): readonly (typeof standing)[number][] => {
    const fingerprint = fingerprintOf(high, low);
    let found = known.get(fingerprint);
    if (found === undefined) {
      found = standing.filter(({ fingerprints }) => holds(fingerprints, fingerprint));
      known.set(fingerprint, found);
    }
    return found;
  };
  const place = (datanet: bigint, high: number, low: number): number | undefined => {
    const placed = holders(high, low).filter((one) => one.accepted && one.contribution.datanetId === datanet);
    const found = first(placed, hasPlaceBefore);
    return found && Number(found.id);
  };
  return {
    claim(high, low) {
      const senior = first(holders(high, low), isSenior);
      if (senior === undefined) return undefined;
      const id = Number(senior.id);
      return place(senior.datanetId, high, low) === id ? id : -id;
    },
    place,
  };
}

function first(
  list: readonly { readonly contribution: Contribution }[],
  isBefore: (a: Contribution, b: Contribution) => boolean,
): Contribution | undefined {
  let found: Contribution | undefined;
  for (const { contribution } of list) if (found === undefined || isBefore(contribution, found)) found = contribution;
  return found;
}

function holds(set: Bytes, fingerprint: bigint): boolean {
  const at = lowerBound(set, fingerprint) * FINGERPRINT_BYTES;
  return at < set.length && readU64be(set, at) === fingerprint;
}
