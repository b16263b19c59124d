import { MsgBeginRedelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { cosmos } from "#proto/codec/cosmos.js";
import { reject } from "#proto/rejection.js";
import { cosmosShapes } from "#proto/tx/shape.js";
import { stakingErrors } from "../errors.js";
import { aminoCoin, row } from "./rows.js";

/** Only operators bond, each with its own validator: there is nowhere to move a delegation to. */
export const beginRedelegate = row(
  cosmos(MsgBeginRedelegate),
  cosmosShapes.delegation,
  ({ delegatorAddress }) => delegatorAddress,
  ({ delegatorAddress, validatorSrcAddress, validatorDstAddress, amount }) => ({
    delegator_address: delegatorAddress,
    validator_src_address: validatorSrcAddress,
    validator_dst_address: validatorDstAddress,
    amount: aminoCoin(amount),
  }),
  () => reject(stakingErrors.redelegationNotActive),
);
