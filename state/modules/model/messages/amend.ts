import type { Bytes } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { modelErrors } from "../errors.js";
import { ownVersion } from "./stage.js";

/**
 * Adding to the lineage of a published version needs the consent of the owners of what is added, and detaching needs the
 * terms that bind it: both are records of the rights module. Until it is active there is no consent, so each
 * amendment is refused, and a new version that names other parents and releases is the way.
 */
export function amendLineage(context: Context, msg: Messages["tributary.model.v1.MsgAmendLineage"]): Bytes | Rejection {
  const version = ownVersion(context, msg.versionId, msg.owner);
  if (isRejection(version)) return version;
  return reject(modelErrors.amendmentNeedsConsent, {
    version_id: version.id,
    why: "consent of the owners is recorded by the rights module, which is not active on this chain",
    fix: "publish a new version with these parents and releases",
  });
}
