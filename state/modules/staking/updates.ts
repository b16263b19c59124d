import { present } from "#proto/assert.js";
import { toHex, type Bytes } from "#proto/bytes.js";
import type { Validator as Update } from "#proto/types/validators.js";
import type { Context } from "../../context.js";
import { moduleAccounts } from "../../module-accounts.js";
import { mustMove } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { bonded, changed, leaving, validators } from "./keys.js";
import { paramsOf, putValidator, ranked, status, tokensOf, type Validator } from "./records.js";

/**
 * The end of a block: the highest ranked are bonded, all others leave. If no validator may decide, because the last ones were
 * jailed or slashed to less than one unit of power, the set stays as consensus knows it until somebody may.
 */
export function validatorUpdates(context: Context): readonly Update[] {
  const { view } = context;
  if (!changed.has(view, [])) return [];
  const top = ranked(view, paramsOf(view).maxValidators);
  if (top.length === 0) return [];
  changed.delete(view, []);
  const updates: Update[] = [];
  const chosen = new Set(top.map(({ operator }) => toHex(operator)));
  for (const [[operator]] of [...bonded.range(view)]) {
    if (chosen.has(toHex(operator))) continue;
    bonded.delete(view, [operator]);
    updates.push({ pubKey: leave(context, operator).pubKey, power: 0n });
  }
  for (const { operator, power } of top) {
    const told = bonded.get(view, [operator]);
    if (told === power) continue;
    bonded.put(view, [operator], power);
    const { pubKey } = told === undefined ? enter(context, operator) : stored(context, operator);
    updates.push({ pubKey, power });
  }
  return updates;
}

function stored({ view }: Context, operator: Bytes): Validator {
  return present(validators.get(view, [operator]), "who is ranked or bonded is a validator");
}

function enter(context: Context, operator: Bytes): Validator {
  const { view } = context;
  const validator = stored(context, operator);
  if (validator.status === status.unbonding) leaving.delete(view, [validator.unbondingTime, operator]);
  const { bondDenom } = chainConfig(view);
  mustMove(context, moduleAccounts.notBonded, moduleAccounts.bonded, bondDenom, tokensOf(validator));
  return putValidator(view, operator, validator, {
    ...validator,
    status: status.bonded,
    unbondingHeight: 0n,
    unbondingTime: 0n,
  });
}

function leave(context: Context, operator: Bytes): Validator {
  const { view, block } = context;
  const validator = stored(context, operator);
  const unbondingTime = block.time + paramsOf(view).unbondingMs;
  leaving.put(view, [unbondingTime, operator], true);
  const { bondDenom } = chainConfig(view);
  mustMove(context, moduleAccounts.bonded, moduleAccounts.notBonded, bondDenom, tokensOf(validator));
  return putValidator(view, operator, validator, {
    ...validator,
    status: status.unbonding,
    unbondingHeight: block.height,
    unbondingTime,
  });
}
