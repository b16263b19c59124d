import type { Messages } from "../codec/message.js";
import type { ReleaseKey } from "./eligible-set.js";

/**
 * A contribution as the chain stores it. This file decides eligibility at the height at which a batch was formed, from
 * stored records alone, so the answer does not depend on when it is asked.
 */
export type Contribution = Messages["tributary.datanet.v1.Contribution"];

/** Where a contribution stands after the block of a height. */
export interface Stand {
  /** Its windows are its own against everybody: complete, accepted or not, and not withdrawn. */
  readonly stands: boolean;
  /** Height of its acceptance; 0: not accepted by then. */
  readonly acceptedHeight: bigint;
}

/** @param height undefined: now */
export function standAt(contribution: Contribution, height: bigint | undefined): Stand {
  const { completeHeight, decidedHeight, firstRelease, withdrawnHeight } = contribution;
  const reached = (at: bigint): boolean => at !== 0n && (height === undefined || at <= height);
  const stands = reached(completeHeight) && !reached(withdrawnHeight);
  return { stands, acceptedHeight: stands && firstRelease !== 0 && reached(decidedHeight) ? decidedHeight : 0n };
}

type Seniority = Pick<Contribution, "intentHeight" | "intentIndex">;

/** Seniority is the order of intents. */
export function isSenior(a: Seniority, b: Seniority): boolean {
  return a.intentHeight === b.intentHeight ? a.intentIndex < b.intentIndex : a.intentHeight < b.intentHeight;
}

/**
 * Order of claims to a place in one datanet. The contribution that an earlier release can contain comes first, so that an
 * older intent does not replace a contribution of a release; between equals the order of intents decides.
 */
export function hasPlaceBefore(a: Contribution, b: Contribution): boolean {
  return a.firstRelease === b.firstRelease ? isSenior(a, b) : a.firstRelease < b.firstRelease;
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
