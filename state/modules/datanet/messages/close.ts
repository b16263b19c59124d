import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { signerAddress } from "../../../fields.js";
import { giveBack, storedAmount } from "../bonds.js";
import { datanetErrors } from "../errors.js";
import { datanets, slugs } from "../keys.js";
import { countsOf } from "../records.js";
import { ownDatanet } from "./update.js";

const response = message("tributary.datanet.v1.MsgCloseDatanetResponse");

/**
 * Ends a datanet that holds nothing. Its record stays, because versions may name its releases; its slug is free, because a
 * name without a deposit would be taken for ever.
 */
export function closeDatanet(
  context: Context,
  msg: Messages["tributary.datanet.v1.MsgCloseDatanet"],
): Bytes | Rejection {
  const { view, block } = context;
  const datanet = ownDatanet(context, msg.datanetId, msg.creator);
  if (isRejection(datanet)) return datanet;
  const { id, slug, deposit } = datanet;
  const { contributions } = countsOf(view, id);
  if (contributions > 0) return reject(datanetErrors.notEmpty, { datanet_id: id, contributions });

  slugs.delete(view, [slug]);
  datanets.put(view, [id], { ...datanet, deposit: "0", closedHeight: block.height });
  giveBack(context, signerAddress(context.address, msg.creator), storedAmount(deposit));
  context.emit("datanet.close", { datanet_id: String(id), slug, creator: msg.creator, deposit });
  return response.encode({ deposit });
}
