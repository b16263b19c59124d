import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { firstProblem, hashProblem, textProblem } from "../../../fields.js";
import { labels } from "../codes.js";
import { modelErrors } from "../errors.js";
import { evaluations, nextEvaluationId } from "../keys.js";
import { limits } from "../limits.js";
import { ownerOfVersion, versionOf } from "../records.js";

const response = message("tributary.model.v1.MsgRecordEvaluationResponse");

/** A decimal as it is printed: no exponent, no padding; 18 digits on each side are what a fraction of this chain holds. */
const VALUE = /^-?(?:0|[1-9][0-9]{0,17})(?:[.][0-9]{1,18})?$/;

/** Any account may record a measurement; the label says whether the owner or another account made it. */
export function recordEvaluation(
  context: Context,
  msg: Messages["tributary.model.v1.MsgRecordEvaluation"],
): Bytes | Rejection {
  const { view, block } = context;
  const { evaluator, versionId, benchmark, datasetHash, metric, value, evidenceHash } = msg;
  const version = versionOf(view, versionId);
  if (version === undefined) {
    return reject(modelErrors.unknownVersion, { field: "version_id", version_id: versionId });
  }
  const problem = firstProblem(
    textProblem("benchmark", benchmark, 1, limits.benchmarkBytes),
    hashProblem("dataset_hash", datasetHash),
    textProblem("metric", metric, 1, limits.metricBytes),
    VALUE.test(value) ? undefined : { field: "value", want: "a decimal, up to 18 digits before and after the point" },
    hashProblem("evidence_hash", evidenceHash),
  );
  if (problem !== undefined) return reject(modelErrors.invalidField, problem);
  const id = nextEvaluationId.get(view, []) ?? 1n;
  const label = ownerOfVersion(view, versionId) === evaluator ? labels.selfDeclared : labels.declaredByOther;

  nextEvaluationId.put(view, [], id + 1n);
  evaluations.put(view, [versionId, id], {
    ...{ id, versionId, evaluator, benchmark, datasetHash, metric, value, evidenceHash },
    ...{ label, height: block.height, time: block.time },
  });
  context.emit("model.evaluation", {
    evaluation_id: String(id),
    version_id: String(versionId),
    evaluator,
    label: String(label),
  });
  return response.encode({ evaluationId: id });
}
