import { mulDivFloor } from "#proto/amount.js";
import { assert } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import type { Context } from "../../context.js";
import { moduleAccounts } from "../../module-accounts.js";
import type { WriteView } from "../../store/view.js";
import { storedAmount } from "../../stored-amount.js";
import { burn } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { unbondings } from "./keys.js";
import { ONE, POWER_REDUCTION, poolOf, putValidator, tokensOf, validatorByConsensus } from "./records.js";
import { lastBackedHeight, putUnbonding } from "./unbondings.js";

/** The slashed validator, and the height, power and fraction of the infraction. */
export interface Infraction {
  /** Consensus address, 20 bytes. */
  readonly validator: Bytes;
  readonly height: bigint;
  /** Of the validator at that height. */
  readonly power: bigint;
  /** 18-digit decimal: 10^18 is all. */
  readonly fraction: bigint;
}

/**
 * Takes the fraction of the power that a validator had at the height of its infraction, rounded down, and burns it: first
 * from what has begun to unbond since then (of each its fraction, rounded down), then from the validator's tokens as far as
 * they go. Never more than that fraction: what was bonded later and unbonds already did not back the power.
 * @returns what was burned, in base units; 0 for a key that was never a validator's
 */
export function slash(context: Context, { validator: consensus, height, power, fraction }: Infraction): bigint {
  const { view, block } = context;
  assert(
    height <= block.height && fraction >= 0n && fraction <= ONE,
    "an infraction is past, and a fraction at most all",
  );
  const found = validatorByConsensus(view, consensus);
  if (found === undefined) return 0n;
  const { operator, validator } = found;
  const { bondDenom } = chainConfig(view);
  const amount = mulDivFloor(power * POWER_REDUCTION, fraction, ONE);
  let unbonding = 0n;
  for (const [key, entry] of [...unbondings.range(view, { prefix: [operator] })]) {
    if (lastBackedHeight(entry.creationHeight) < height) continue;
    const balance = storedAmount(entry.balance);
    const own = mulDivFloor(storedAmount(entry.initialBalance), fraction, ONE);
    const share = min(min(own, balance), amount - unbonding);
    if (share === 0n) continue;
    putUnbonding(view, key, { ...entry, balance: (balance - share).toString() });
    unbonding += share;
  }
  burn(context, moduleAccounts.notBonded, bondDenom, unbonding);
  const tokens = tokensOf(validator);
  const rest = min(amount - unbonding, tokens);
  burn(context, poolOf(validator), bondDenom, rest);
  putValidator(view, operator, validator, { ...validator, tokens: (tokens - rest).toString() });
  return unbonding + rest;
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Removes the validator from the set at the end of this block, unless no other would be left. No effect if already jailed. */
export function jail(view: WriteView, consensus: Bytes): void {
  setJailed(view, consensus, true);
}

/** Ends the jail. The caller has checked that the validator may return. */
export function unjail(view: WriteView, consensus: Bytes): void {
  setJailed(view, consensus, false);
}

function setJailed(view: WriteView, consensus: Bytes, jailed: boolean): void {
  const found = validatorByConsensus(view, consensus);
  if (found === undefined || found.validator.jailed === jailed) return;
  putValidator(view, found.operator, found.validator, { ...found.validator, jailed });
}
