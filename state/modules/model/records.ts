import { present } from "#proto/assert.js";
import { eligibleRootAt } from "#proto/attribution/eligible-set.js";
import type { FeeShares } from "#proto/attribution/fee.js";
import { isLicensed } from "#proto/attribution/standing.js";
import type { Messages } from "#proto/codec/message.js";
import type { ReadView } from "../../store/view.js";
import type { Contribution } from "../datanet/index.js";
import { stageUse } from "./codes.js";
import { models, royalties, versions } from "./keys.js";
import { limits } from "./limits.js";
import { atOrAbove, setDatanets } from "./release-set.js";

/** A model record. */
export type Model = Messages["tributary.model.v1.Model"];
/** A frozen version. */
export type Version = Messages["tributary.model.v1.Version"];

/** The model; undefined for an unknown id. */
export function modelOf(view: ReadView, id: bigint): Model | undefined {
  return models.get(view, [id]);
}

/** The version; undefined for an unknown id. */
export function versionOf(view: ReadView, id: bigint): Version | undefined {
  return versions.get(view, [id]);
}

const known = (view: ReadView, id: bigint): Version => present(versionOf(view, id), `version ${id} exists`);

/** The owner of the version's model now, as bech32 text. @throws AssertionError for an unknown version. */
export function ownerOfVersion(view: ReadView, id: bigint): string {
  return present(modelOf(view, known(view, id).modelId), "a version belongs to a model").owner;
}

/** Shares by which every fee of the version is split: frozen at publication. @throws AssertionError for an unknown version. */
export function feeSharesOf(view: ReadView, id: bigint): FeeShares {
  const { fees } = known(view, id);
  const { contributorBasisPoints, providerBasisPoints } = present(fees, "a version has fee rules");
  const upstream = royalties.get(view, [id])?.royalties ?? [];
  return {
    contributorBasisPoints: BigInt(contributorBasisPoints),
    providerBasisPoints: BigInt(providerBasisPoints),
    royalties: upstream.map(({ versionId, basisPoints }) => ({ versionId, basisPoints: BigInt(basisPoints) })),
  };
}

/** Whether a channel may be opened or topped up: staging and production. */
export function canOpen(version: Version): boolean {
  return stageUse[version.stage]?.open ?? false;
}

/** Whether a voucher may be redeemed: every stage but draft. */
export function canRedeem(version: Version): boolean {
  return stageUse[version.stage]?.redeem ?? false;
}

/**
 * Whether a contribution is in a release that the version credits at a height: its own, an ancestor's, or one that it
 * carries over; whenever it was committed. Answers are remembered by contribution: a batch asks for the same few at
 * thousands of positions.
 */
export function licenceOf(view: ReadView, version: Version, height: bigint): (contribution: Contribution) => boolean {
  const root = eligibleRootAt(version, height);
  const answers = new Map<bigint, boolean>();
  return (contribution) => {
    const { id } = contribution;
    let answer = answers.get(id);
    if (answer === undefined) {
      answer = isLicensed(contribution, (wanted) => atOrAbove(view, root, wanted));
      answers.set(id, answer);
    }
    return answer;
  };
}

/** Datanets of the releases that the version credits at a height, ascending: at most 64, one lookup each. */
export function datanetsOf(view: ReadView, version: Version, height: bigint): bigint[] {
  return setDatanets(view, eligibleRootAt(version, height), limits.datanets);
}

/**
 * Whether uses of the version at a height may credit the contribution: in an eligible release, and committed before the
 * version.
 */
export function isEligible(view: ReadView, versionId: bigint, contribution: Contribution, height: bigint): boolean {
  const version = known(view, versionId);
  return contribution.intentHeight < version.height && licenceOf(view, version, height)(contribution);
}
