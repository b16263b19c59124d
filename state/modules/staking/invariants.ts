import { present } from "#proto/assert.js";
import { toHex } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { sameKeysAndPowers } from "#proto/types/validator-updates.js";
import { validatorSet } from "#proto/types/validators.js";
import type { Invariant } from "../../module.js";
import { moduleAccounts } from "../../module-accounts.js";
import { storedAmount } from "../../stored-amount.js";
import { balanceOf } from "../bank/index.js";
import { chainConfig, upcomingValidators } from "../chain/index.js";
import { bonded, changed, delegations, leaving, unbondingQueue, unbondings, validators } from "./keys.js";
import { paramsOf, ranked, rankPower, sharesOf, status, tokensOf } from "./records.js";

/** The pools hold what the validators' books say, to the last unit. */
const poolsEqualStakes: Invariant = (view) => {
  const sums = { bonded: 0n, notBonded: 0n };
  for (const [, validator] of validators.range(view)) {
    sums[validator.status === status.bonded ? "bonded" : "notBonded"] += tokensOf(validator);
  }
  for (const [, { balance }] of unbondings.range(view)) sums.notBonded += storedAmount(balance);
  const { bondDenom } = chainConfig(view);
  for (const pool of ["bonded", "notBonded"] as const) {
    const held = balanceOf(view, moduleAccounts[pool], bondDenom);
    if (held !== sums[pool]) return `the ${pool} pool holds ${held}, its stakes are ${sums[pool]}`;
  }
  return undefined;
};

const sharesEqualDelegations: Invariant = (view) => {
  const sums = new Map<string, bigint>();
  for (const [[operator], shares] of delegations.range(view)) {
    const key = toHex(operator);
    sums.set(key, (sums.get(key) ?? 0n) + sharesOf({ shares }));
  }
  for (const [[operator], validator] of validators.range(view)) {
    const sum = sums.get(toHex(operator)) ?? 0n;
    if (sum !== sharesOf(validator)) {
      return `${validator.operator} has ${validator.shares} shares, ${sum} are delegated`;
    }
    sums.delete(toHex(operator));
  }
  return sums.size === 0 ? undefined : "a delegation is with no validator";
};

const ranksEqualPowers: Invariant = (view) => {
  const rows = ranked(view, Number.MAX_SAFE_INTEGER);
  let count = 0;
  for (const [, validator] of validators.range(view)) if (rankPower(validator) > 0n) count++;
  for (const { operator, power } of rows) {
    if (rankPower(validators.get(view, [operator])) !== power) {
      return `the rank ${power} of ${toHex(operator)} is wrong`;
    }
  }
  return rows.length === count ? undefined : `${count} validators may decide, ${rows.length} are ranked`;
};

/** Consensus was told of the highest ranked, but for a set that would have become empty. */
const bondedAreTheHighest: Invariant = (view) => {
  for (const [[operator], validator] of validators.range(view)) {
    if (bonded.has(view, [operator]) !== (validator.status === status.bonded)) {
      return `the status of ${validator.operator} is not what consensus was told`;
    }
  }
  const top = ranked(view, paramsOf(view).maxValidators);
  if (changed.has(view, [])) return top.length === 0 ? undefined : "consensus was not told of a change";
  const told = [...bonded.range(view)].length;
  if (top.length !== told) return `${told} are bonded, ${top.length} should be`;
  const wrong = top.find(({ operator, power }) => bonded.get(view, [operator]) !== power);
  return wrong === undefined ? undefined : `${toHex(wrong.operator)} is not bonded with its power ${wrong.power}`;
};

/** The set of the height after the next is exactly the set that consensus was told. */
const upcomingSetIsBonded: Invariant = (view) => {
  const told = [...bonded.range(view)].map(([[operator], power]) => {
    const { pubKey } = present(validators.get(view, [operator]), "who is bonded is a validator");
    return { pubKey, power };
  });
  const set = validatorSet(told);
  if (isRejection(set)) return `the bonded validators do not form a set: ${set.name}`;
  return sameKeysAndPowers(set.members, upcomingValidators(view).members)
    ? undefined
    : "the bonded validators are not those who decide";
};

const queuesHoldWhatWaits: Invariant = (view) => {
  let waits = 0;
  for (const [[operator, delegator, height], entry] of unbondings.range(view)) {
    waits++;
    const { completionTime, initialBalance, balance } = entry;
    if (!unbondingQueue.has(view, [completionTime, operator, delegator, height])) return "an unbonding is not queued";
    if (storedAmount(balance) > storedAmount(initialBalance)) return "an unbonding grew";
  }
  for (const [, validator] of validators.range(view)) if (validator.status === status.unbonding) waits++;
  const queued = [...unbondingQueue.range(view)].length + [...leaving.range(view)].length;
  return queued === waits ? undefined : `${waits} wait, ${queued} are queued`;
};

/** Invariants of the module (README). */
export const invariants = {
  poolsEqualStakes,
  sharesEqualDelegations,
  ranksEqualPowers,
  bondedAreTheHighest,
  upcomingSetIsBonded,
  queuesHoldWhatWaits,
};
