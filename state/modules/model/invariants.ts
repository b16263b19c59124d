import { checkFeeShares } from "#proto/attribution/fee.js";
import { equalBytes } from "#proto/bytes.js";
import { rejectionText } from "#proto/rejection.js";
import { present } from "#proto/assert.js";
import type { Invariant } from "../../module.js";
import { View, type ReadView } from "../../store/view.js";
import { releaseOf } from "../datanet/index.js";
import { byModel, models, stages, versions } from "./keys.js";
import { feeSharesOf, versionOf, type Version } from "./records.js";
import { setCount, storeUnion } from "./release-set.js";

function carriedProblem(
  view: ReadView,
  { id, modelId, eligibleRoot, carryOver, carriedRoot }: Version,
): string | undefined {
  if (carryOver === undefined) return carriedRoot.length === 0 ? undefined : `version ${id} carries nothing over`;
  const carried = present(versionOf(view, carryOver.versionId), "a version that is carried over exists");
  if (carried.modelId !== modelId || carried.id >= id) return `version ${id} carries over ${carried.id}`;
  const root = storeUnion(new View(view), [eligibleRoot, carried.eligibleRoot], []);
  return equalBytes(root, carriedRoot) ? undefined : `version ${id} does not hold what it carries over`;
}

/** Invariants of the module (README). */
export const invariants: Readonly<Record<string, Invariant>> = {
  versionsAreNumbered(view) {
    for (const [[id], { versions: count }] of models.range(view)) {
      const numbers = [...byModel.range(view, { prefix: [id] })].map(([[, number]]) => number);
      if (numbers.length !== count || numbers.some((number, i) => number !== i + 1)) {
        return `model ${id} counts ${count} versions and numbers ${numbers.join(", ")}`;
      }
    }
    return undefined;
  },
  stagesAreRecorded(view) {
    for (const [[id], { stage, stageChanges }] of versions.range(view)) {
      const last = stages.get(view, [id, stageChanges - 1]);
      if (last?.stage !== stage) return `version ${id} is in stage ${stage}, its history ends in ${last?.stage}`;
    }
    return undefined;
  },
  lineageIsWhole(view) {
    for (const [[id], version] of versions.range(view)) {
      const roots: Uint8Array[] = [];
      for (const { versionId } of version.parents) {
        if (versionId >= id) return `version ${id} descends from ${versionId}, which came later`;
        roots.push(present(versionOf(view, versionId), "parents exist").eligibleRoot);
      }
      for (const { datanetId, number } of version.releases) {
        if (releaseOf(view, datanetId, number) === undefined) return `version ${id} names no release of ${datanetId}`;
      }
      const root = storeUnion(new View(view), roots, version.releases);
      if (!equalBytes(root, version.eligibleRoot)) return `version ${id} does not hold what its lineage brings`;
      const problem = carriedProblem(view, version);
      if (problem !== undefined) return problem;
      if (setCount(view, root) !== version.eligibleReleases) return `version ${id} counts its releases wrong`;
    }
    return undefined;
  },
  feesAreWithinBounds(view) {
    for (const [[id]] of versions.range(view)) {
      const refused = checkFeeShares(feeSharesOf(view, id));
      if (refused !== undefined) return `version ${id}: ${rejectionText(refused)}`;
    }
    return undefined;
  },
};
