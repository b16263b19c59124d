import {
  MsgCancelUnbondingDelegationResponse,
  type MsgCancelUnbondingDelegation,
} from "cosmjs-types/cosmos/staking/v1beta1/tx";
import type { Bytes } from "#proto/bytes.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { Context } from "../../../context.js";
import { moduleAccounts } from "../../../module-accounts.js";
import { lowered, storedAmount } from "../../../stored-amount.js";
import { cosmosMessage } from "../../../module.js";
import { stakingErrors } from "../errors.js";
import { unbondings } from "../keys.js";
import { bond } from "../stake.js";
import { putUnbonding } from "../unbondings.js";
import { aminoCoin, bondAmount, ownValidator } from "./rows.js";

function handle(context: Context, message: MsgCancelUnbondingDelegation): Bytes | Rejection {
  const { view, block } = context;
  const { validatorAddress, delegatorAddress, creationHeight } = message;
  const found = ownValidator(context, message);
  if (isRejection(found)) return found;
  const { operator, validator } = found;
  if (validator.jailed) return reject(stakingErrors.validatorJailed, { validator: validatorAddress });
  const amount = bondAmount(context, message.amount);
  if (isRejection(amount)) return amount;
  const key = [operator, operator, creationHeight] as const;
  const entry = creationHeight < 0n ? undefined : unbondings.get(view, key);
  if (entry === undefined || entry.completionTime <= block.time) {
    return reject(stakingErrors.noUnbonding, { validator: validatorAddress, creation_height: creationHeight });
  }
  if (amount > storedAmount(entry.balance)) {
    return reject(sdkErrors.invalidRequest, { field: "amount", want: `at most ${entry.balance}, which is waiting` });
  }
  const shares = bond(context, found, operator, amount, moduleAccounts.notBonded);
  if (isRejection(shares)) return shares;
  putUnbonding(view, key, lowered(entry, { initialBalance: amount, balance: amount }));
  context.emit("cancel_unbonding_delegation", {
    validator: validatorAddress,
    delegator: delegatorAddress,
    amount: `${amount}${message.amount.denom}`,
    creation_height: creationHeight.toString(),
  });
  return MsgCancelUnbondingDelegationResponse.encode({}).finish();
}

/** MsgCancelUnbondingDelegation: bonds an unbonding amount again (README). */
export const cancelUnbonding = cosmosMessage("/cosmos.staking.v1beta1.MsgCancelUnbondingDelegation", {
  signers: ({ delegatorAddress }) => [delegatorAddress],
  amino: ({ delegatorAddress, validatorAddress, amount, creationHeight }) => ({
    delegator_address: delegatorAddress,
    validator_address: validatorAddress,
    amount: aminoCoin(amount),
    creation_height: creationHeight === 0n ? undefined : creationHeight.toString(),
  }),
  handle,
});
