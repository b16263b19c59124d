import { MsgEditValidatorResponse, type MsgEditValidator } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { parseAmount } from "#proto/amount.js";
import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { decimalText } from "#proto/tx/decimal.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { BlockInfo, Context } from "../../../context.js";
import { storedAmount } from "../../../stored-amount.js";
import { cosmosMessage } from "../../../module.js";
import { stakingErrors } from "../errors.js";
import { findValidator, ONE, paramsOf, putValidator, type Found, type Params, type Validator } from "../records.js";
import { stakeOf } from "../stake.js";
import { aminoDescription, descriptionProblem, editedDescription } from "./description.js";
import { operatorAccount } from "./rows.js";

const DAY_MS = 86_400_000n;

/** A commission changes once a day, by at most what its validator has promised. Empty: it stays. */
function commissionAfter(
  validator: Validator,
  text: string,
  block: BlockInfo,
  { minCommissionRate }: Params,
): Pick<Validator, "commissionRate" | "commissionTime"> | Rejection {
  const { commissionRate, commissionMaxRate, commissionMaxChangeRate, commissionTime } = validator;
  if (text === "") return { commissionRate, commissionTime };
  const rate = parseAmount(text);
  if (rate === undefined || rate > ONE) return reject(stakingErrors.commissionHuge, { field: "commission_rate" });
  if (block.time < commissionTime + DAY_MS) {
    return reject(stakingErrors.commissionTooSoon, { next_time: commissionTime + DAY_MS });
  }
  if (rate > commissionMaxRate) return reject(stakingErrors.commissionAboveMax, { rate, max: commissionMaxRate });
  const change = rate > commissionRate ? rate - commissionRate : commissionRate - rate;
  if (change > commissionMaxChangeRate) {
    return reject(stakingErrors.commissionChange, { change, max: commissionMaxChangeRate });
  }
  if (rate < minCommissionRate) return reject(stakingErrors.commissionBelowMinimum, { rate, min: minCommissionRate });
  return { commissionRate: rate, commissionTime: block.time };
}

/** The promise to keep bonded only grows, and no further than what is bonded. Empty: it stays. */
function minimumAfter(context: Context, found: Found, text: string): string | Rejection {
  const before = found.validator.minSelfDelegation;
  if (text === "") return before;
  const want = parseAmount(text);
  if (want === undefined || want <= storedAmount(before)) {
    return reject(stakingErrors.minSelfDelegationDecreased, { have: before, want: text });
  }
  const stake = stakeOf(context.view, found, found.operator);
  return want > stake ? reject(stakingErrors.selfDelegationBelowMinimum, { have: stake, min: want }) : text;
}

function handle(context: Context, message: MsgEditValidator): Bytes | Rejection {
  const { view, block } = context;
  const found = findValidator(view, context.address, message.validatorAddress);
  if (isRejection(found)) return found;
  const { operator, validator } = found;
  const before = present(validator.description, "a validator describes itself");
  const description = editedDescription(before, message.description);
  const problem = descriptionProblem(description);
  if (problem !== undefined) return reject(sdkErrors.invalidRequest, { ...problem });
  const commission = commissionAfter(validator, message.commissionRate, block, paramsOf(view));
  if (isRejection(commission)) return commission;
  const minSelfDelegation = minimumAfter(context, found, message.minSelfDelegation);
  if (isRejection(minSelfDelegation)) return minSelfDelegation;
  putValidator(view, operator, validator, { ...validator, description, ...commission, minSelfDelegation });
  context.emit("edit_validator", {
    commission_rate: decimalText(commission.commissionRate.toString()),
    min_self_delegation: minSelfDelegation,
  });
  return MsgEditValidatorResponse.encode({}).finish();
}

/** MsgEditValidator: changes description, commission or minimum (README). */
export const editValidator = cosmosMessage("/cosmos.staking.v1beta1.MsgEditValidator", {
  signers: ({ validatorAddress }) => [operatorAccount(validatorAddress)],
  amino: (message) => ({
    description: aminoDescription(message.description),
    validator_address: message.validatorAddress,
    commission_rate: message.commissionRate === "" ? undefined : decimalText(message.commissionRate),
    min_self_delegation: message.minSelfDelegation,
  }),
  handle,
});
