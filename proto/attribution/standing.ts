import type { Messages } from "../codec/message.js";
import type { CreditLookups, Holder } from "./credit.js";
import type { ReleaseKey } from "./eligible-set.js";

/**
 * A contribution as the chain stores it. This file decides eligibility at the height at which a batch was formed, from
 * stored records alone, so the answer does not depend on when it is asked.
 */
export type Contribution = Messages["tributary.datanet.v1.Contribution"];
type Version = Messages["tributary.model.v1.Version"];

/**
 * Whether the contribution is active at a height: from the block that accepted it until before the block that withdrew
 * it.
 */
export function activeAt(contribution: Contribution, height: bigint): boolean {
  return contribution.active.some(
    ({ fromHeight, toHeight }) => fromHeight <= height && (toHeight === 0n || height < toHeight),
  );
}

/** Whether the contribution holds its fingerprints at a height: complete before it, and active at it. */
export function isHolder(contribution: Contribution, height: bigint): boolean {
  const { completeHeight } = contribution;
  return completeHeight > 0n && completeHeight < height && activeAt(contribution, height);
}

/**
 * Whether a contribution is in one of a version's eligible releases, whatever its intent height.
 * @param atOrAbove the least eligible release at or above the wanted one
 */
export function isLicensed(
  { datanetId, firstRelease, lastRelease, withdrawnHeight }: Contribution,
  atOrAbove: (wanted: ReleaseKey) => ReleaseKey | undefined,
): boolean {
  const found = firstRelease === 0 ? undefined : atOrAbove({ datanetId, number: firstRelease });
  return (
    found !== undefined && found.datanetId === datanetId && (withdrawnHeight === 0n || found.number <= lastRelease)
  );
}

/**
 * The committed records that the rule reads. Validators read them from their state, other verifiers from proven bytes.
 */
export interface CommittedWorld {
  contribution(id: bigint): Contribution;
  /** Ids of complete contributions that hold the fingerprint. It may include contributions newer than the batch. */
  holders(fingerprint: bigint): readonly bigint[];
  common(fingerprint: bigint): boolean;
  licensed(contribution: Contribution): boolean;
}

/** The lookups of `creditBatch` for a batch that was formed at a height. Judges each contribution once. */
export function creditLookups(world: CommittedWorld, version: Version, formedHeight: bigint): CreditLookups {
  const known = new Map<bigint, { readonly holder: Holder | undefined; readonly licensed: boolean }>();
  const candidate = (id: bigint): { readonly holder: Holder | undefined; readonly licensed: boolean } => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const contribution = world.contribution(id);
    const { intentHeight, intentIndex } = contribution;
    const holder = isHolder(contribution, formedHeight) ? { contribution: id, intentHeight, intentIndex } : undefined;
    const made = { holder, licensed: world.licensed(contribution) };
    known.set(id, made);
    return made;
  };
  return {
    versionHeight: version.height,
    common: (fingerprint) => world.common(fingerprint),
    licensed: (contribution) => candidate(contribution).licensed,
    holders(fingerprint) {
      const holders: Holder[] = [];
      for (const id of world.holders(fingerprint)) {
        const { holder } = candidate(id);
        if (holder !== undefined) holders.push(holder);
      }
      return holders;
    },
  };
}
