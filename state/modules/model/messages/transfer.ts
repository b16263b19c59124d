import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { signerAddress } from "../../../fields.js";
import { isModuleAccount } from "../../../module-accounts.js";
import { modelErrors } from "../errors.js";
import { byOwner, models } from "../keys.js";
import { modelOf, type Model } from "../records.js";

const response = message("tributary.model.v1.MsgTransferModelResponse");

/** The model, when it exists and belongs to `signer`. */
export function ownModel({ view }: Context, id: bigint, signer: string): Model | Rejection {
  const model = modelOf(view, id);
  if (model === undefined) return reject(modelErrors.unknownModel, { model_id: id });
  return model.owner === signer ? model : reject(modelErrors.notOwner, { signer, owner: model.owner });
}

/** All versions go with the model; what was earned before stays where it is. */
export function transferModel(
  context: Context,
  msg: Messages["tributary.model.v1.MsgTransferModel"],
): Bytes | Rejection {
  const { view, address } = context;
  const model = ownModel(context, msg.modelId, msg.owner);
  if (isRejection(model)) return model;
  const to = address.parse(msg.newOwner);
  if (to === undefined || isModuleAccount(to) || msg.newOwner === msg.owner) {
    const want = "another account address of this chain, not a module's";
    return reject(modelErrors.invalidField, { field: "new_owner", want });
  }

  byOwner.delete(view, [signerAddress(address, msg.owner), model.id]);
  byOwner.put(view, [to, model.id], true);
  models.put(view, [model.id], { ...model, owner: msg.newOwner });
  context.emit("model.transfer", { model_id: String(model.id), from: msg.owner, to: msg.newOwner });
  return response.encode({});
}
