import { parseAmount } from "#proto/amount.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { VALIDATORS_MAX } from "#proto/limits.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import type { GenesisContext, GenesisField, QueryContext } from "../../module.js";
import { each, invalidGenesis, readGenesis, values, writeGenesis } from "../../module-genesis.js";
import {
  bonded,
  byConsensus,
  changed,
  delegated,
  delegations,
  leaving,
  params,
  unbondingQueue,
  unbondings,
  validators,
} from "./keys.js";
import type { Messages } from "#proto/codec/message.js";
import { ONE, paramsOf, putValidator, ranked, status, type Params, type Validator } from "./records.js";

const GENESIS = "tributary.staking.v1.Genesis";
type Genesis = Messages[typeof GENESIS];
const STATUSES: readonly number[] = Object.values(status);
const DIGITS = /^(0|[1-9][0-9]{0,77})$/;
const OPERATOR = "an operator address of this chain";

const invalid = (field: string, want: string): Rejection => invalidGenesis("staking", field, want);

/** Writes the module's part of app_state; a rejection names the field. */
export function initGenesis(context: GenesisContext, state: unknown): Rejection | undefined {
  const { view, genesis: document } = context;
  const genesis = readGenesis("staking", GENESIS, state);
  if (isRejection(genesis)) return genesis;
  const chosen = genesis.params;
  if (chosen === undefined) return invalid("params", "an object");
  const problem = paramsProblem(chosen, document.params.evidenceAgeMsMax);
  if (problem !== undefined) return problem;
  params.put(view, [], chosen);
  const wrong = readValidators(context, genesis) ?? readStakes(context, genesis);
  if (wrong !== undefined) return wrong;
  // Consensus knows the validators of the document; only who is too weak to decide may differ from them.
  if (ranked(view, 1).length > 0) changed.delete(view, []);
  return undefined;
}

function paramsProblem(chosen: Params, evidenceAgeMs: bigint): Rejection | undefined {
  const { unbondingMs, maxValidators, maxEntries, minCommissionRate } = chosen;
  if (unbondingMs !== evidenceAgeMs) return invalid("params.unbonding_ms", `the evidence age, ${evidenceAgeMs}`);
  if (maxValidators < 1 || maxValidators > VALIDATORS_MAX) {
    return invalid("params.max_validators", `1 to ${VALIDATORS_MAX}`);
  }
  if (maxEntries < 1) return invalid("params.max_entries", "at least 1");
  return minCommissionRate > ONE ? invalid("params.min_commission_rate", "at most 10^18, which is all") : undefined;
}

function readValidators({ view, address }: GenesisContext, genesis: Genesis): Rejection | undefined {
  for (const [i, validator] of genesis.validators.entries()) {
    const operator = address.operator.parse(validator.operator);
    const field = validatorProblem(validator);
    if (operator === undefined) return invalid(`validators[${i}].operator`, OPERATOR);
    if (field !== undefined) return invalid(`validators[${i}].${field[0]}`, field[1]);
    const consensus = validatorAddress(validator.pubKey);
    if (validators.has(view, [operator])) return invalid(`validators[${i}].operator`, "each operator once");
    if (byConsensus.has(view, [consensus])) return invalid(`validators[${i}].pub_key`, "each key once");
    byConsensus.put(view, [consensus], operator);
    putValidator(view, operator, undefined, validator);
    if (validator.status === status.unbonding) leaving.put(view, [validator.unbondingTime, operator], true);
  }
  for (const [i, { operator: text, power }] of genesis.lastValidatorPowers.entries()) {
    const operator = address.operator.parse(text);
    if (operator === undefined || !validators.has(view, [operator])) {
      return invalid(`last_validator_powers[${i}].operator`, "one of the validators");
    }
    bonded.put(view, [operator], power);
  }
  return undefined;
}

function validatorProblem(validator: Validator): readonly [field: string, want: string] | undefined {
  const { pubKey, status: now, tokens, shares, description, minSelfDelegation } = validator;
  if (pubKey.length !== 32) return ["pub_key", "32 bytes"];
  if (!STATUSES.includes(now)) return ["status", "1, 2 or 3"];
  if (parseAmount(tokens) === undefined) return ["tokens", "a decimal string"];
  if (!DIGITS.test(shares)) return ["shares", "a decimal string of at most 78 digits"];
  if (description === undefined) return ["description", "an object"];
  if (parseAmount(minSelfDelegation) === undefined) return ["min_self_delegation", "a decimal string"];
  const { commissionRate: rate, commissionMaxRate: max, commissionMaxChangeRate: change } = validator;
  return rate > max || change > max || max > ONE
    ? ["commission_max_rate", "above the others, at most 10^18"]
    : undefined;
}

function readStakes({ view, address }: GenesisContext, genesis: Genesis): Rejection | undefined {
  for (const [i, row] of genesis.delegations.entries()) {
    const [operator, delegator] = [address.operator.parse(row.operator), address.parse(row.delegator)];
    if (operator === undefined) return invalid(`delegations[${i}].operator`, OPERATOR);
    if (delegator === undefined) return invalid(`delegations[${i}].delegator`, "an account address of this chain");
    if (!DIGITS.test(row.shares) || row.shares === "0") return invalid(`delegations[${i}].shares`, "positive digits");
    delegations.put(view, [operator, delegator], row.shares);
    delegated.put(view, [delegator, operator], true);
  }
  for (const [i, entry] of genesis.unbondings.entries()) {
    const [operator, delegator] = [address.operator.parse(entry.operator), address.parse(entry.delegator)];
    if (operator === undefined) return invalid(`unbondings[${i}].operator`, OPERATOR);
    if (delegator === undefined) return invalid(`unbondings[${i}].delegator`, "an account address of this chain");
    if (parseAmount(entry.balance) === undefined || parseAmount(entry.initialBalance) === undefined) {
      return invalid(`unbondings[${i}].balance`, "a decimal string");
    }
    const key = [operator, delegator, entry.creationHeight] as const;
    unbondings.put(view, key, entry);
    unbondingQueue.put(view, [entry.completionTime, ...key], true);
  }
  return undefined;
}

/** The fields that `initGenesis` reads. */
export function exportGenesis({ view, address }: QueryContext): Iterable<GenesisField> {
  return writeGenesis(GENESIS, {
    params: paramsOf(view),
    validators: values(validators.range(view)),
    delegations: each(delegations.range(view), ([[operator, delegator], shares]) => ({
      delegator: address.format(delegator),
      operator: address.operator.format(operator),
      shares,
    })),
    unbondings: values(unbondings.range(view)),
    lastValidatorPowers: each(bonded.range(view), ([[operator], power]) => ({
      operator: address.operator.format(operator),
      power,
    })),
  });
}
