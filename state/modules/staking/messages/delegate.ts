import { MsgDelegateResponse, type MsgDelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import type { Bytes } from "#proto/bytes.js";
import { decimalText } from "#proto/tx/decimal.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../../context.js";
import { cosmosMessage } from "../../../module.js";
import { bond } from "../stake.js";
import { aminoCoin, bondAmount, ownValidator } from "./rows.js";

function handle(context: Context, message: MsgDelegate): Bytes | Rejection {
  const found = ownValidator(context, message);
  if (isRejection(found)) return found;
  const amount = bondAmount(context, message.amount);
  if (isRejection(amount)) return amount;
  const shares = bond(context, found, found.operator, amount, found.operator);
  if (isRejection(shares)) return shares;
  context.emit("delegate", {
    validator: message.validatorAddress,
    delegator: message.delegatorAddress,
    amount: `${amount}${message.amount.denom}`,
    new_shares: decimalText(shares.toString()),
  });
  return MsgDelegateResponse.encode({}).finish();
}

/** MsgDelegate: bonds more to the operator's own validator (README). */
export const delegate = cosmosMessage("/cosmos.staking.v1beta1.MsgDelegate", {
  signers: ({ delegatorAddress }) => [delegatorAddress],
  amino: ({ delegatorAddress, validatorAddress, amount }) => ({
    delegator_address: delegatorAddress,
    validator_address: validatorAddress,
    amount: aminoCoin(amount),
  }),
  handle,
});
