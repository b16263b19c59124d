import type { Coin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import { parseAmount } from "#proto/amount.js";
import { fromBech32, toBech32 } from "#proto/crypto/address.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { Context } from "../../../context.js";
import { chainConfig } from "../../chain/index.js";
import { stakingErrors } from "../errors.js";
import { findValidator, type Found } from "../records.js";

const OPERATOR = "valoper";

/** The account of an operator's address. Other text is returned unchanged, and admission rejects it. */
export function operatorAccount(text: string): string {
  const prefix = text.slice(0, text.lastIndexOf("1"));
  if (!prefix.endsWith(OPERATOR)) return text;
  const address = fromBech32(prefix, text);
  return address === undefined ? text : toBech32(prefix.slice(0, -OPERATOR.length), address);
}

/** A coin in amino JSON. */
export const aminoCoin = ({ denom, amount }: Coin) => ({ denom, amount });

/** The coin of a message: positive, and of the bond denomination. */
export function bondAmount({ view }: Context, coin: Coin): bigint | Rejection {
  const { bondDenom } = chainConfig(view);
  const amount = parseAmount(coin.amount);
  if (coin.denom !== bondDenom || amount === undefined || amount === 0n) {
    return reject(sdkErrors.invalidRequest, { field: "amount", want: `a positive amount of ${bondDenom}` });
  }
  return amount;
}

/** The validator of a message. The delegator must be its operator's account; others are rejected (delegationNotActive). */
export function ownValidator(
  context: Context,
  { delegatorAddress, validatorAddress }: { readonly delegatorAddress: string; readonly validatorAddress: string },
): Found | Rejection {
  const found = findValidator(context.view, context.address, validatorAddress);
  if (isRejection(found)) return found;
  if (context.address.format(found.operator) !== delegatorAddress) {
    return reject(stakingErrors.delegationNotActive, { delegator: delegatorAddress, validator: validatorAddress });
  }
  return found;
}
