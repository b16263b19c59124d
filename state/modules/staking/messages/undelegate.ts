import { MsgUndelegateResponse, type MsgUndelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import type { Bytes } from "#proto/bytes.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import { formatRfc3339 } from "#proto/time.js";
import type { Context } from "../../../context.js";
import { moduleAccounts } from "../../../module-accounts.js";
import { storedAmount } from "../../../stored-amount.js";
import { mustMove } from "../../bank/index.js";
import { cosmosMessage } from "../../../module.js";
import { stakingErrors } from "../errors.js";
import { unbondings } from "../keys.js";
import {
  isLast,
  paramsOf,
  poolOf,
  putValidator,
  rankPower,
  status,
  tokensOf,
  type Found,
  type Validator,
} from "../records.js";
import { delegationShares, stakeOf, unbond } from "../stake.js";
import { timestamp } from "../timestamp.js";
import { beginUnbonding } from "../unbondings.js";
import { aminoCoin, bondAmount, ownValidator } from "./rows.js";

/** How long what leaves a validator waits: not at all for one that has waited itself, as long as one that is waiting. */
function waiting({ view, block }: Context, { status: now, unbondingHeight, unbondingTime }: Validator) {
  if (now === status.unbonded) return undefined;
  if (now === status.unbonding) return { height: unbondingHeight, time: unbondingTime };
  return { height: block.height, time: block.time + paramsOf(view).unbondingMs };
}

/** A validator that keeps less than it promised is jailed. */
function afterwards(validator: Validator, amount: bigint): Validator {
  const tokens = tokensOf(validator) - amount;
  const jailed = validator.jailed || tokens < storedAmount(validator.minSelfDelegation);
  return { ...validator, tokens: tokens.toString(), jailed };
}

function refusal(context: Context, found: Found, amount: bigint): Rejection | undefined {
  const { view, block, address } = context;
  const { operator, validator } = found;
  if (delegationShares(view, operator, operator) === 0n) {
    return reject(stakingErrors.noDelegation, { delegator: address.format(operator), validator: validator.operator });
  }
  const stake = stakeOf(view, found, operator);
  if (amount > stake) return reject(stakingErrors.notEnoughShares, { have: stake, need: amount });
  if (rankPower(afterwards(validator, amount)) === 0n && isLast(view, found)) {
    return reject(stakingErrors.lastValidator, { validator: validator.operator });
  }
  const { maxEntries } = paramsOf(view);
  const waits = [...unbondings.range(view, { prefix: [operator, operator], limit: maxEntries })];
  const joins = waits.some(([[, , height]]) => height === (waiting(context, validator)?.height ?? block.height));
  return waits.length === maxEntries && !joins ? reject(stakingErrors.maxUnbondings, { max: maxEntries }) : undefined;
}

function handle(context: Context, message: MsgUndelegate): Bytes | Rejection {
  const { view, block } = context;
  const found = ownValidator(context, message);
  if (isRejection(found)) return found;
  const { operator } = found;
  const amount = bondAmount(context, message.amount);
  if (isRejection(amount)) return amount;
  const refused = refusal(context, found, amount);
  if (refused !== undefined) return refused;
  const { jailed } = afterwards(found.validator, amount);
  const after = unbond(context, found, operator, amount);
  if (isRejection(after)) return after;
  if (jailed !== after.jailed) putValidator(view, operator, after, { ...after, jailed });
  const { denom } = message.amount;
  const wait = waiting(context, found.validator);
  mustMove(context, poolOf(found.validator), wait === undefined ? operator : moduleAccounts.notBonded, denom, amount);
  const completionTime = wait?.time ?? block.time;
  if (wait !== undefined) {
    beginUnbonding(context, [operator, operator, wait.height], amount, {
      operator: message.validatorAddress,
      completionTime,
    });
  }
  context.emit("unbond", {
    validator: message.validatorAddress,
    amount: `${amount}${denom}`,
    delegator: message.delegatorAddress,
    completion_time: formatRfc3339(completionTime),
  });
  return MsgUndelegateResponse.encode(
    MsgUndelegateResponse.fromPartial({
      completionTime: timestamp(completionTime),
      amount: { denom, amount: amount.toString() },
    }),
  ).finish();
}

/** MsgUndelegate: unbonds an amount (README). */
export const undelegate = cosmosMessage("/cosmos.staking.v1beta1.MsgUndelegate", {
  signers: ({ delegatorAddress }) => [delegatorAddress],
  amino: ({ delegatorAddress, validatorAddress, amount }) => ({
    delegator_address: delegatorAddress,
    validator_address: validatorAddress,
    amount: aminoCoin(amount),
  }),
  handle,
});
