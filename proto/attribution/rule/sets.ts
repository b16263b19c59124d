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
  return {
    senior: (high, low) => first(holders(high, low), isSenior),
    place: (datanet, high, low) =>
      first(
        holders(high, low).filter(({ accepted, contribution }) => accepted && contribution.datanetId === datanet),
        hasPlaceBefore,
      ),
  };
}

function first(
  list: readonly { readonly contribution: Contribution }[],
  isBefore: (a: Contribution, b: Contribution) => boolean,
): number | undefined {
  let found: Contribution | undefined;
  for (const { contribution } of list) if (found === undefined || isBefore(contribution, found)) found = contribution;
  return found === undefined ? undefined : Number(found.id);
}

function holds(set: Bytes, fingerprint: bigint): boolean {
  const at = lowerBound(set, fingerprint) * FINGERPRINT_BYTES;
  return at < set.length && readU64be(set, at) === fingerprint;
}
