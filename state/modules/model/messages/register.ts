import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { firstProblem, hashProblem, signerAddress, slugProblem, textProblem, uriProblem } from "../../../fields.js";
import { modelErrors } from "../errors.js";
import { byOwner, models, nextModelId, slugs } from "../keys.js";
import { limits } from "../limits.js";

const response = message("tributary.model.v1.MsgRegisterModelResponse");

/** Writes a new model. Needs, effects and rejections: README, RegisterModel. */
export function registerModel(
  context: Context,
  msg: Messages["tributary.model.v1.MsgRegisterModel"],
): Bytes | Rejection {
  const { view, block, address } = context;
  const { owner, slug, title, cardHash, cardUri } = msg;
  const problem = firstProblem(
    slugProblem(slug),
    textProblem("title", title, 1, limits.titleBytes),
    hashProblem("card_hash", cardHash),
    uriProblem("card_uri", cardUri),
  );
  if (problem !== undefined) return reject(modelErrors.invalidField, problem);
  const earlier = slugs.get(view, [slug]);
  if (earlier !== undefined) return reject(modelErrors.slugTaken, { slug, model_id: earlier });
  const id = nextModelId.get(view, []) ?? 1n;

  nextModelId.put(view, [], id + 1n);
  slugs.put(view, [slug], id);
  byOwner.put(view, [signerAddress(address, owner), id], true);
  models.put(view, [id], {
    ...{ id, owner, slug, title, cardHash, cardUri, versions: 0 },
    ...{ createdHeight: block.height, createdTime: block.time },
  });
  context.emit("model.register", { model_id: String(id), slug, owner });
  return response.encode({ modelId: id });
}
