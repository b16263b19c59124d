import { reject } from "#proto/rejection.js";
import { cosmosMessage } from "../../../module.js";
import { stakingErrors } from "../errors.js";
import { aminoCoin } from "./rows.js";

/** Only operators bond, each with its own validator: there is nowhere to move a delegation to. */
export const beginRedelegate = cosmosMessage("/cosmos.staking.v1beta1.MsgBeginRedelegate", {
  signers: ({ delegatorAddress }) => [delegatorAddress],
  amino: ({ delegatorAddress, validatorSrcAddress, validatorDstAddress, amount }) => ({
    delegator_address: delegatorAddress,
    validator_src_address: validatorSrcAddress,
    validator_dst_address: validatorDstAddress,
    amount: aminoCoin(amount),
  }),
  handle: () => reject(stakingErrors.redelegationNotActive),
});
