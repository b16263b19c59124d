import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { datanets } from "../keys.js";
import { checkCurators } from "../rules.js";
import { ownDatanet } from "./update.js";

const response = message("tributary.datanet.v1.MsgSetCuratorsResponse");

/** Verdicts of former curators stop counting. Nothing is decided until a curator's next verdict. */
export function setCurators(context: Context, msg: Messages["tributary.datanet.v1.MsgSetCurators"]): Bytes | Rejection {
  const datanet = ownDatanet(context, msg.datanetId, msg.creator);
  if (isRejection(datanet)) return datanet;
  const { curators, threshold } = msg;
  const refused = checkCurators(context.address, datanet.admission, curators, threshold);
  if (refused !== undefined) return refused;
  datanets.put(context.view, [datanet.id], { ...datanet, curators, threshold });
  context.emit("datanet.curators", {
    datanet_id: String(datanet.id),
    curators: curators.join(","),
    threshold: String(threshold),
  });
  return response.encode({});
}
