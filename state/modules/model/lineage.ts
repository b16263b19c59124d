import { EMPTY_SET } from "#proto/attribution/eligible-set.js";
import { present } from "#proto/assert.js";
import type { Messages } from "#proto/codec/message.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { holdsWithdrawn, releaseOf } from "../datanet/index.js";
import { relations, stages as stageCodes } from "./codes.js";
import { modelErrors } from "./errors.js";
import { children, pins, royalties } from "./keys.js";
import { limits } from "./limits.js";
import { versionOf, type Version } from "./records.js";
import { storeUnion, type SetRef } from "./release-set.js";

type Parent = Messages["tributary.model.v1.Parent"];
type ReleaseRef = Messages["tributary.model.v1.ReleaseRef"];
type Royalty = Messages["tributary.model.v1.Royalty"];

const RELATIONS: ReadonlySet<number> = new Set(Object.values(relations));

/** The parents' versions; each exists, once, and none is revoked. */
export function readParents(view: ReadView, parents: readonly Parent[]): Version[] | Rejection {
  if (parents.length > limits.parents) {
    return reject(modelErrors.invalidField, { field: "parents", want: `at most ${limits.parents}` });
  }
  const found: Version[] = [];
  const seen = new Set<bigint>();
  for (const [i, { versionId, relation }] of parents.entries()) {
    const field = `parents[${i}]`;
    if (!RELATIONS.has(relation)) return reject(modelErrors.unknownRelation, { field, relation });
    if (seen.has(versionId)) return reject(modelErrors.duplicateParent, { field, version_id: versionId });
    const version = versionOf(view, versionId);
    if (version === undefined) return reject(modelErrors.unknownVersion, { field, version_id: versionId });
    if (version.stage === stageCodes.revoked) {
      return reject(modelErrors.revokedParent, { field, version_id: versionId });
    }
    seen.add(versionId);
    found.push(version);
  }
  return found;
}

/** Undefined if each release exists, is named once, and no contribution in it was withdrawn. */
export function checkReleases(view: ReadView, releases: readonly ReleaseRef[]): Rejection | undefined {
  if (releases.length > limits.releases) {
    return reject(modelErrors.invalidField, { field: "releases", want: `at most ${limits.releases}` });
  }
  const seen = new Set<string>();
  for (const [i, { datanetId, number }] of releases.entries()) {
    const where = { field: `releases[${i}]`, datanet_id: datanetId, number };
    const key = `${datanetId}/${number}`;
    if (seen.has(key)) return reject(modelErrors.duplicateRelease, where);
    seen.add(key);
    if (releaseOf(view, datanetId, number) === undefined) return reject(modelErrors.unknownRelease, where);
    if (holdsWithdrawn(view, datanetId, number)) {
      return reject(modelErrors.consentWithdrawn, { ...where, fix: "name a later release of the datanet" });
    }
  }
  return undefined;
}

/** Royalties of all ancestors: each once, by ascending id, even when several parents descend from it. */
export function stackRoyalties(view: ReadView, parents: readonly Version[]): Royalty[] {
  const stacked = new Map<bigint, Royalty>();
  for (const { id, fees } of parents) {
    for (const royalty of royalties.get(view, [id])?.royalties ?? []) stacked.set(royalty.versionId, royalty);
    const own = present(fees, "a version has fee rules").royaltyBasisPoints;
    if (own > 0) stacked.set(id, { versionId: id, basisPoints: own });
  }
  return [...stacked.values()].sort((a, b) => (a.versionId < b.versionId ? -1 : 1));
}

/** The sets of releases that a version credits. */
export interface Roots {
  readonly eligibleRoot: SetRef;
  /** With those of the version that it carries over; empty without one. */
  readonly carriedRoot: SetRef;
}

/**
 * What follows from a version's parents, releases and the version that it carries over; read at each use, at a cost that the
 * lineage's size does not change.
 */
export function storeLineage(
  view: WriteView,
  version: Version,
  parents: readonly Version[],
  stacked: Royalty[],
): Roots {
  const { id, carryOver } = version;
  for (const parent of parents) children.put(view, [parent.id, id], true);
  for (const { datanetId, number } of version.releases) pins.put(view, [datanetId, number, id], true);
  if (stacked.length > 0) royalties.put(view, [id], { royalties: stacked });
  const eligibleRoot = storeUnion(
    view,
    parents.map((parent) => parent.eligibleRoot),
    version.releases,
  );
  if (carryOver === undefined) return { eligibleRoot, carriedRoot: EMPTY_SET };
  const carried = present(versionOf(view, carryOver.versionId), "a version that is carried over exists");
  return { eligibleRoot, carriedRoot: storeUnion(view, [eligibleRoot, carried.eligibleRoot], []) };
}

/** Undefined if the version is an earlier one of the same model and the time within bounds. */
export function checkCarryOver(
  view: ReadView,
  modelId: bigint,
  carryOver: Messages["tributary.model.v1.CarryOver"] | undefined,
): Rejection | undefined {
  if (carryOver === undefined) return undefined;
  const invalid = (field: string, want: string): Rejection =>
    reject(modelErrors.invalidField, { field: `carry_over.${field}`, want });
  if (versionOf(view, carryOver.versionId)?.modelId !== modelId) {
    return invalid("version_id", "an earlier version of this model");
  }
  const { blocks } = carryOver;
  return blocks > 0n && blocks <= limits.carryOverBlocks
    ? undefined
    : invalid("blocks", `1 to ${limits.carryOverBlocks}`);
}
