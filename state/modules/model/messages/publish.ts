import { EMPTY_SET } from "#proto/attribution/eligible-set.js";
import { checkFeeShares, ROYALTIES_BASIS_POINTS_MAX } from "#proto/attribution/fee.js";
import { toHex, type Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { firstProblem, hashProblem, rangeProblem, textProblem } from "../../../fields.js";
import { stages as stageCodes } from "../codes.js";
import { modelErrors } from "../errors.js";
import { byModel, models, nextVersionId, versions } from "../keys.js";
import { limits } from "../limits.js";
import { checkCarryOver, checkReleases, readParents, stackRoyalties, storeLineage } from "../lineage.js";
import type { Version } from "../records.js";
import { setCount, setDatanets } from "../release-set.js";
import { recordStage } from "../stage.js";
import { ownModel } from "./transfer.js";

type MsgPublishVersion = Messages["tributary.model.v1.MsgPublishVersion"];
type FeeRules = Messages["tributary.model.v1.FeeRules"];
type Royalty = Messages["tributary.model.v1.Royalty"];
const response = message("tributary.model.v1.MsgPublishVersionResponse");

/** Freezes a new version in stage draft. Needs, effects and rejections: README, PublishVersion. */
export function publishVersion(context: Context, msg: MsgPublishVersion): Bytes | Rejection {
  const { view, block } = context;
  const model = ownModel(context, msg.modelId, msg.owner);
  if (isRejection(model)) return model;
  const { fees } = msg;
  if (fees === undefined) return reject(modelErrors.invalidField, { field: "fees", want: "the rules of its fees" });
  const parents = readParents(view, msg.parents);
  if (isRejection(parents)) return parents;
  const stacked = stackRoyalties(view, parents);
  const refused =
    checkFields(msg) ??
    checkReleases(view, msg.releases) ??
    checkCarryOver(view, model.id, msg.carryOver) ??
    checkFees(fees, stacked);
  if (refused !== undefined) return refused;
  const id = nextVersionId.get(view, []) ?? 1n;
  const number = model.versions + 1;

  const { label, weightsHash, weightsBytes, format, method, configHash, manifestHash, releases } = msg;
  const frozen: Version = {
    ...{ id, modelId: model.id, number, label, weightsHash, weightsBytes, format, method, configHash, manifestHash },
    ...{ parents: msg.parents, releases, fees, height: block.height, time: block.time },
    ...{ carryOver: msg.carryOver, eligibleRoot: EMPTY_SET, carriedRoot: EMPTY_SET, eligibleReleases: 0 },
    ...{ stage: stageCodes.draft, stageChanges: 0 },
    depth: parents.reduce((depth, parent) => Math.max(depth, parent.depth + 1), 0),
  };
  const { eligibleRoot, carriedRoot } = storeLineage(view, frozen, parents, stacked);
  // Only the union tells; the rejection undoes what was stored of it.
  const widest = msg.carryOver === undefined ? eligibleRoot : carriedRoot;
  if (setDatanets(view, widest, limits.datanets + 1).length > limits.datanets) {
    return reject(modelErrors.tooManyDatanets, { max: limits.datanets });
  }
  nextVersionId.put(view, [], id + 1n);
  byModel.put(view, [model.id, number], id);
  models.put(view, [model.id], { ...model, versions: number });
  const published = { ...frozen, eligibleRoot, carriedRoot, eligibleReleases: setCount(view, eligibleRoot) };
  versions.put(view, [id], recordStage(context, published, stageCodes.draft, msg.owner));
  context.emit("model.publish", {
    version_id: String(id),
    model_id: String(model.id),
    number: String(number),
    owner: msg.owner,
    weights_hash: toHex(weightsHash),
    eligible_releases: String(published.eligibleReleases),
    carried_version_id: String(msg.carryOver?.versionId ?? 0n),
    carried_blocks: String(msg.carryOver?.blocks ?? 0n),
  });
  return response.encode({ versionId: id, number });
}

function checkFields(msg: MsgPublishVersion): Rejection | undefined {
  const problem = firstProblem(
    textProblem("label", msg.label, 1, limits.labelBytes),
    hashProblem("weights_hash", msg.weightsHash),
    msg.weightsBytes > 0n ? undefined : { field: "weights_bytes", want: "above zero" },
    textProblem("format", msg.format, 1, limits.formatBytes),
    textProblem("method", msg.method, 1, limits.methodBytes),
    hashProblem("config_hash", msg.configHash),
    hashProblem("manifest_hash", msg.manifestHash),
  );
  return problem === undefined ? undefined : reject(modelErrors.invalidField, problem);
}

function checkFees(fees: FeeRules, stacked: readonly Royalty[]): Rejection | undefined {
  const { royaltyBasisPoints: own } = fees;
  const problem = rangeProblem("fees.royalty_basis_points", own, 0, Number(ROYALTIES_BASIS_POINTS_MAX));
  if (problem !== undefined) return reject(modelErrors.invalidField, problem);
  if (own > 0 && own < limits.royaltyBasisPointsMin) {
    return reject(modelErrors.royaltyTooSmall, { basis_points: own, min: limits.royaltyBasisPointsMin });
  }
  return checkFeeShares({
    contributorBasisPoints: BigInt(fees.contributorBasisPoints),
    providerBasisPoints: BigInt(fees.providerBasisPoints),
    royalties: stacked.map(({ versionId, basisPoints }) => ({ versionId, basisPoints: BigInt(basisPoints) })),
  });
}
