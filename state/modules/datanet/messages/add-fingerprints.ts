import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { statuses } from "../codes.js";
import { datanetErrors } from "../errors.js";
import { uploads } from "../keys.js";
import { contributionOf, datanetOf, type Contribution } from "../records.js";
import { extendUpload, storeChunk } from "../upload.js";

const response = message("tributary.datanet.v1.MsgAddFingerprintsResponse");

/** The contribution, when it exists and belongs to `signer`. */
export function ownContribution({ view }: Context, id: bigint, signer: string): Contribution | Rejection {
  const contribution = contributionOf(view, id);
  if (contribution === undefined) return reject(datanetErrors.unknownContribution, { contribution_id: id });
  if (contribution.owner !== signer) return reject(datanetErrors.notOwner, { signer, owner: contribution.owner });
  return contribution;
}

/** Stores the next chunk of an upload. Needs, effects and rejections: README, AddFingerprints. */
export function addFingerprints(
  context: Context,
  msg: Messages["tributary.datanet.v1.MsgAddFingerprints"],
): Bytes | Rejection {
  const { view, block } = context;
  const contribution = ownContribution(context, msg.contributionId, msg.owner);
  if (isRejection(contribution)) return contribution;
  const { id, status } = contribution;
  if (status !== statuses.uploading) return reject(datanetErrors.notUploading, { contribution_id: id, status });
  const upload = present(uploads.get(view, [id]), "an uploading contribution has an upload");
  if (block.height > upload.deadline) return reject(datanetErrors.uploadExpired, { last_height: upload.deadline });
  if (msg.index !== upload.chunks) {
    return reject(datanetErrors.wrongChunk, { index: msg.index, want: `${upload.chunks}: chunks come in order` });
  }
  const extended = extendUpload(context, contribution, upload, msg.fingerprints);
  if (isRejection(extended)) return extended;
  const datanet = present(datanetOf(view, contribution.datanetId), "a contribution belongs to a datanet");

  const stored = storeChunk(context, datanet, contribution, extended, msg.fingerprints);
  return response.encode({ complete: stored.completeHeight !== 0n });
}
