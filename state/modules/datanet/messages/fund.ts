import { parseAmount } from "#proto/amount.js";
import type { Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { signerAddress } from "../../../fields.js";
import { take } from "../bonds.js";
import { datanetErrors } from "../errors.js";
import { addToTreasury, datanetOf } from "../records.js";
import { openDatanet } from "./update.js";

const response = message("tributary.datanet.v1.MsgFundDatanetResponse");

/** Moves coins to a datanet's treasury. Needs, effects and rejections: README, FundDatanet. */
export function fundDatanet(context: Context, msg: Messages["tributary.datanet.v1.MsgFundDatanet"]): Bytes | Rejection {
  const amount = parseAmount(msg.amount);
  if (amount === undefined || amount === 0n) {
    return reject(datanetErrors.invalidField, { field: "amount", want: "a positive decimal amount" });
  }
  const datanet = datanetOf(context.view, msg.datanetId);
  if (datanet === undefined) return reject(datanetErrors.unknownDatanet, { datanet_id: msg.datanetId });
  const open = openDatanet(datanet);
  if (isRejection(open)) return open;
  const unpaid = take(context, signerAddress(context.address, msg.funder), amount);
  if (unpaid !== undefined) return unpaid;
  addToTreasury(context, msg.datanetId, amount);
  return response.encode({});
}
