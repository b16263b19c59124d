import { equalBytes, type Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import { accountOf } from "./accounts.js";
import { controlledBy } from "./controllers.js";
import { payoutErrors } from "./errors.js";
import { addresses } from "./keys.js";
import { actingOwner, personOf } from "./owner.js";
import { payOwed } from "./pay.js";

const claimed = message("tributary.payout.v1.MsgClaimPayoutResponse");
const addressSet = message("tributary.payout.v1.MsgSetPayoutAddressResponse");

/** Pays now what is matured and too little to be pushed: of this owner, and of those whose pay follows its key. */
export function claimPayout(context: Context, msg: Messages["tributary.payout.v1.MsgClaimPayout"]): Bytes | Rejection {
  const { view } = context;
  const owner = actingOwner(context, "owner", msg.owner);
  if (isRejection(owner)) return owner;
  let amount = 0n;
  for (const each of [owner, ...controlledBy(view, owner)]) amount += payOwed(context, each);
  if (amount === 0n) {
    return reject(payoutErrors.nothingOwed, { owner: msg.owner, pending: accountOf(view, owner, msg.owner).pending });
  }
  return claimed.encode({ amount: amount.toString() });
}

/** From now on the owner's pay goes to this address; naming the owner's own undoes it. */
export function setPayoutAddress(
  context: Context,
  msg: Messages["tributary.payout.v1.MsgSetPayoutAddress"],
): Bytes | Rejection {
  const { view } = context;
  const owner = actingOwner(context, "owner", msg.owner);
  if (isRejection(owner)) return owner;
  const address = personOf(context, "address", msg.address);
  if (isRejection(address)) return address;
  if (equalBytes(address, owner)) addresses.delete(view, [owner]);
  else addresses.put(view, [owner], address);
  context.emit("payout.address_set", { owner: msg.owner, address: msg.address });
  return addressSet.encode({});
}
