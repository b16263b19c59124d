import { assert } from "../assert.js";
import { BASIS_POINTS, BILLIONTHS, mulDivFloor, shareFloor } from "../amount.js";
import { reject, type Rejection } from "../rejection.js";
import { poaErrors } from "./errors.js";

/**
 * Where one fee goes. tau, a and c are shares of the fee; royalties are shares of what remains after them. The
 * contributors' pool is rounded up, every other part down, and the owner of the version takes the remainder. All shares
 * are basis points, frozen in the version.
 */

/** Burned part of tau: bounds wash trading. No emission per unit of use may exceed it. */
export const BURN_BASIS_POINTS = 300n;
/** Validators' and delegators' part of tau. */
export const VALIDATORS_BASIS_POINTS = 200n;
/** tau: the part of a fee that is burned or goes to validators and delegators. */
export const TAU_BASIS_POINTS = BURN_BASIS_POINTS + VALIDATORS_BASIS_POINTS;

/** Lower bound of the contributor pool `a`. */
export const CONTRIBUTOR_BASIS_POINTS_MIN = 1_000n;
/** Upper bound of the contributor pool `a`. */
export const CONTRIBUTOR_BASIS_POINTS_MAX = 6_000n;
/** Lower bound of the provider's share `c`, which is at least half of `a` besides: it is what opening receipts earns. */
export const PROVIDER_BASIS_POINTS_MIN = 1_000n;
/** Upper bound of all ancestors' royalties together; a publication above it is rejected. */
export const ROYALTIES_BASIS_POINTS_MAX = 6_000n;

/** The share of one ancestor version in what remains of a fee after tau, `a` and `c`. */
export interface Royalty {
  readonly versionId: bigint;
  readonly basisPoints: bigint;
}

/** The fee shares of a version: `a`, `c`, and the royalties of all its ancestors. */
export interface FeeShares {
  readonly contributorBasisPoints: bigint;
  readonly providerBasisPoints: bigint;
  /** Each ancestor once. */
  readonly royalties: readonly Royalty[];
}

/** The parts of one fee, in base units. */
export interface FeeSplit {
  readonly burned: bigint;
  readonly validators: bigint;
  /** Contributor pool `a`, rounded up: what receipts share out of it is exact (`auditedPool`). */
  readonly pool: bigint;
  /** Provider share `c`, of audited fees (`auditedSplit`). */
  readonly provider: bigint;
  readonly royalties: readonly { readonly versionId: bigint; readonly amount: bigint }[];
  /** To the holders of the version's revenue shares. */
  readonly owner: bigint;
}

/** Undefined if a version may be published with these shares; else poa/feeShares or poa/royaltiesTooHigh. */
export function checkFeeShares(shares: FeeShares): Rejection | undefined {
  const { contributorBasisPoints: a, providerBasisPoints: c, royalties } = shares;
  if (a < CONTRIBUTOR_BASIS_POINTS_MIN || a > CONTRIBUTOR_BASIS_POINTS_MAX) {
    const [min, max] = [CONTRIBUTOR_BASIS_POINTS_MIN, CONTRIBUTOR_BASIS_POINTS_MAX];
    return reject(poaErrors.feeShares, { field: "contributor", basisPoints: a, min, max });
  }
  const providerMin = providerShareMin(a);
  const providerMax = BASIS_POINTS - TAU_BASIS_POINTS - a;
  if (c < providerMin || c > providerMax) {
    return reject(poaErrors.feeShares, { field: "provider", basisPoints: c, min: providerMin, max: providerMax });
  }
  let stacked = 0n;
  for (const { basisPoints } of royalties) {
    if (basisPoints < 0n) {
      return reject(poaErrors.feeShares, { field: "royalty", basisPoints, min: 0n, max: ROYALTIES_BASIS_POINTS_MAX });
    }
    stacked += basisPoints;
  }
  if (stacked <= ROYALTIES_BASIS_POINTS_MAX) return undefined;
  return reject(poaErrors.royaltiesTooHigh, { basisPoints: stacked, max: ROYALTIES_BASIS_POINTS_MAX });
}

/** The least provider's share beside a contributor pool: with less, not to audit costs contributors more than the provider. */
export function providerShareMin(contributorBasisPoints: bigint): bigint {
  const half = (contributorBasisPoints + 1n) / 2n;
  return half > PROVIDER_BASIS_POINTS_MIN ? half : PROVIDER_BASIS_POINTS_MIN;
}

/**
 * Splits a fee in base units; the parts always add up to it: all shares together are at most the fee, so that the one
 * that is rounded up leaves at least 0. Asserts that `checkFeeShares` accepts the shares.
 */
export function splitFee(fee: bigint, shares: FeeShares): FeeSplit {
  assert(checkFeeShares(shares) === undefined, "fee shares were not checked");
  const burned = shareFloor(fee, BURN_BASIS_POINTS);
  const validators = shareFloor(fee, VALIDATORS_BASIS_POINTS);
  const pool = fee - shareFloor(fee, BASIS_POINTS - shares.contributorBasisPoints);
  const provider = shareFloor(fee, shares.providerBasisPoints);
  const rest = fee - burned - validators - pool - provider;
  let owner = rest;
  const royalties = shares.royalties.map(({ versionId, basisPoints }) => {
    const amount = shareFloor(rest, basisPoints);
    owner -= amount;
    return { versionId, amount };
  });
  return { burned, validators, pool, provider, royalties, owner };
}

/** The parts of one voucher's fee that depend on audits, in base units. */
export interface AuditedSplit {
  /** All that is shared out among contributors or is residual: with what the provider does not earn. */
  readonly pool: bigint;
  /** The provider's share of the audited fees. */
  readonly provider: bigint;
}

/**
 * The provider's share stands for audited fees alone: floor(provider * auditSum / fee). The rest of it goes where the
 * pool of what is not audited goes. Needs auditSum <= fee.
 */
export function auditedSplit({ pool, provider }: FeeSplit, auditSum: bigint, fee: bigint): AuditedSplit {
  const earned = fee === 0n ? 0n : mulDivFloor(provider, auditSum, fee);
  return { pool: pool + provider - earned, provider: earned };
}

/**
 * What audited receipts with these fees share out among contributors, in billionths of the base unit. Nothing is rounded:
 * what a receipt pays follows from its fee and is the same in any voucher and batch.
 */
export function auditedPool(fees: bigint, contributorBasisPoints: number): bigint {
  return fees * BigInt(contributorBasisPoints) * (BILLIONTHS / BASIS_POINTS);
}
