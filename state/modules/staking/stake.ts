import { mulDivCeil, mulDivFloor } from "#proto/amount.js";
import { assert } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { TOTAL_POWER_MAX } from "#proto/limits.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { Context } from "../../context.js";
import { moduleAccounts } from "../../module-accounts.js";
import type { ReadView } from "../../store/view.js";
import { balanceOf, move } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { stakingErrors } from "./errors.js";
import { delegated, delegations } from "./keys.js";
import { ONE, poolOf, powerOf, putValidator, sharesOf, tokensOf, type Found, type Validator } from "./records.js";

/**
 * Shares divide a validator's tokens between its delegators; a slash removes tokens, not shares. The first base unit of a
 * validator is 10^18 shares. Bonding gives the shares that the coins are worth, rounded down; unbonding an amount removes the
 * shares that it is worth, rounded up: rounding favours the other holders.
 */

const SHARES_MAX = 10n ** 78n - 1n;

/** A delegator's shares, scaled by 10^18; 0 without a delegation. */
export function delegationShares(view: ReadView, operator: Bytes, delegator: Bytes): bigint {
  const shares = delegations.get(view, [operator, delegator]);
  return shares === undefined ? 0n : sharesOf({ shares });
}

/** Value of a delegator's shares in base units, rounded down. */
export function stakeOf(view: ReadView, { operator, validator }: Found, delegator: Bytes): bigint {
  const shares = delegationShares(view, operator, delegator);
  return shares === 0n ? 0n : mulDivFloor(shares, tokensOf(validator), sharesOf(validator));
}

/** Coins of `from` become tokens of a validator, for a delegator. @returns the shares that they are worth */
export function bond(
  context: Context,
  { operator, validator }: Found,
  delegator: Bytes,
  amount: bigint,
  from: Bytes,
): bigint | Rejection {
  const { view } = context;
  const [tokens, shares] = [tokensOf(validator), sharesOf(validator)];
  const rateless = tokens === 0n && shares > 0n;
  const issued = shares === 0n ? amount * ONE : rateless ? 0n : mulDivFloor(shares, amount, tokens);
  if (rateless || shares + issued > SHARES_MAX) {
    return reject(stakingErrors.exchangeRate, { validator: validator.operator });
  }
  const { bondDenom } = chainConfig(view);
  const { bonded, notBonded } = moduleAccounts;
  const pools = [bonded, notBonded].map((pool) => balanceOf(view, pool, bondDenom));
  const held = pools.reduce((sum, balance) => sum + balance, 0n);
  if (powerOf(held + amount) > TOTAL_POWER_MAX) return reject(stakingErrors.totalPower, { max: TOTAL_POWER_MAX });
  const refused = move(context, from, poolOf(validator), bondDenom, amount);
  if (refused !== undefined) return refused;
  putStake(context, { operator, validator }, tokens + amount, shares + issued);
  putShares(context, operator, delegator, delegationShares(view, operator, delegator) + issued);
  return issued;
}

/** Tokens of a validator are its delegator's no longer; where the coins go is the caller's. */
export function unbond(context: Context, found: Found, delegator: Bytes, amount: bigint): Validator | Rejection {
  const { operator, validator } = found;
  const [tokens, shares] = [tokensOf(validator), sharesOf(validator)];
  const have = delegationShares(context.view, operator, delegator);
  const stake = stakeOf(context.view, found, delegator);
  if (amount > stake) return reject(stakingErrors.notEnoughShares, { have: stake, need: amount });
  const given = amount === tokens ? shares : mulDivCeil(shares, amount, tokens);
  assert(given <= have, "an amount within a stake costs no more than its shares");
  putShares(context, operator, delegator, have - given);
  return putStake(context, found, tokens - amount, shares - given);
}

function putStake({ view }: Context, { operator, validator }: Found, tokens: bigint, shares: bigint): Validator {
  return putValidator(view, operator, validator, {
    ...validator,
    tokens: tokens.toString(),
    shares: shares.toString(),
  });
}

function putShares({ view }: Context, operator: Bytes, delegator: Bytes, shares: bigint): void {
  if (shares === 0n) {
    delegations.delete(view, [operator, delegator]);
    delegated.delete(view, [delegator, operator]);
  } else {
    delegations.put(view, [operator, delegator], shares.toString());
    delegated.put(view, [delegator, operator], true);
  }
}
