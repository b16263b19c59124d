import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { stageChanges } from "../codes.js";
import { modelErrors } from "../errors.js";
import { versions } from "../keys.js";
import { modelOf, versionOf, type Version } from "../records.js";
import { recordStage } from "../stage.js";

const response = message("tributary.model.v1.MsgSetStageResponse");

/** The version, when it exists and `signer` owns its model. */
export function ownVersion({ view }: Context, id: bigint, signer: string): Version | Rejection {
  const version = versionOf(view, id);
  if (version === undefined) return reject(modelErrors.unknownVersion, { field: "version_id", version_id: id });
  const { owner } = present(modelOf(view, version.modelId), "a version belongs to a model");
  return owner === signer ? version : reject(modelErrors.notOwner, { signer, owner });
}

/** Changes the stage of a version. Needs, effects and rejections: README, SetStage. */
export function setStage(context: Context, msg: Messages["tributary.model.v1.MsgSetStage"]): Bytes | Rejection {
  const version = ownVersion(context, msg.versionId, msg.owner);
  if (isRejection(version)) return version;
  const { stage } = msg;
  if (stageChanges[stage] === undefined) return reject(modelErrors.unknownStage, { stage });
  const from = version.stage;
  const allowed = present(stageChanges[from], "a version is in a known stage");
  if (!allowed.includes(stage)) return reject(modelErrors.stageNotAllowed, { from, to: stage });

  versions.put(context.view, [version.id], recordStage(context, version, stage, msg.owner));
  context.emit("model.stage", {
    version_id: String(version.id),
    from: String(from),
    stage: String(stage),
    by: msg.owner,
  });
  return response.encode({});
}
