import { present } from "#proto/assert.js";
import { equalBytes, type Bytes } from "#proto/bytes.js";
import type { Messages } from "#proto/codec/message.js";
import { reject, type Rejection } from "#proto/rejection.js";
import type { AddressText } from "../../context.js";
import { moduleAccounts } from "../../module-accounts.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { storedAmount } from "../../stored-amount.js";
import { stakingErrors } from "./errors.js";
import { byConsensus, changed, params, ranks, validators } from "./keys.js";

/** Parameters of the module. */
export type Params = Messages["tributary.staking.v1.Params"];
/** A validator record. */
export type Validator = Messages["tributary.staking.v1.Validator"];
/** A validator's description. */
export type Description = Messages["tributary.staking.v1.Description"];
/** An unbonding record. */
export type Unbonding = Messages["tributary.staking.v1.Unbonding"];

/** The numbers of cosmos.staking.v1beta1.BondStatus. */
export const status = { unbonded: 1, unbonding: 2, bonded: 3 } as const;

/** Rates and shares are scaled by this. */
export const ONE = 10n ** 18n;
/** Base units a unit of power, the Cosmos SDK's: a display coin is one vote, and powers stay far from their bound. */
export const POWER_REDUCTION = 1_000_000n;
const RANK_TOP = (1n << 64n) - 1n;

/** Parameters in force. Asserts that genesis has written them. */
export function paramsOf(view: ReadView): Params {
  return present(params.get(view, []), "genesis has written the parameters of staking");
}

/** A validator's tokens in base units. */
export function tokensOf({ tokens }: Validator): bigint {
  return storedAmount(tokens);
}

/** Shares outgrow an amount's 128 bits; their text is our own. */
export function sharesOf({ shares }: { readonly shares: string }): bigint {
  return BigInt(present(/^(0|[1-9][0-9]{0,77})$/.exec(shares)?.[0], `stored shares read ${shares}`));
}

/** Voting power of tokens in base units: rounded down. */
export function powerOf(tokens: bigint): bigint {
  return tokens / POWER_REDUCTION;
}

/** The power with which a validator may decide; 0: it may not. */
export function rankPower(validator: Validator | undefined): bigint {
  return validator === undefined || validator.jailed ? 0n : powerOf(tokensOf(validator));
}

/** Where a validator's tokens are. */
export function poolOf(validator: Validator): Bytes {
  return validator.status === status.bonded ? moduleAccounts.bonded : moduleAccounts.notBonded;
}

/** Stores a validator, and its rank with it. @param before what is stored now */
export function putValidator(
  view: WriteView,
  operator: Bytes,
  before: Validator | undefined,
  after: Validator,
): Validator {
  const [was, is] = [rankPower(before), rankPower(after)];
  if (was !== is) {
    if (was > 0n) ranks.delete(view, [RANK_TOP - was, operator]);
    if (is > 0n) ranks.put(view, [RANK_TOP - is, operator], true);
    changed.put(view, [], true);
  }
  validators.put(view, [operator], after);
  return after;
}

/** Eligible validators by power, descending, then by operator, ascending; at most `limit`. */
export function ranked(view: ReadView, limit: number): { readonly operator: Bytes; readonly power: bigint }[] {
  return [...ranks.range(view, { limit })].map(([[inverse, operator]]) => ({ operator, power: RANK_TOP - inverse }));
}

/** A validator and its operator's address. */
export interface Found {
  readonly operator: Bytes;
  readonly validator: Validator;
}

/** Whether no other validator is eligible; then this one may not leave. */
export function isLast(view: ReadView, { operator, validator }: Found): boolean {
  if (rankPower(validator) === 0n && validator.status !== status.bonded) return false;
  return ranked(view, 2).every((other) => equalBytes(other.operator, operator));
}

/** @param text an operator address */
export function findValidator(view: ReadView, address: AddressText, text: string): Found | Rejection {
  const operator = address.operator.parse(text);
  const validator = operator === undefined ? undefined : validators.get(view, [operator]);
  return operator === undefined || validator === undefined
    ? reject(stakingErrors.validatorNotFound, { validator: text })
    : { operator, validator };
}

/** @param consensus address of a key that is or was a validator's */
export function validatorByConsensus(view: ReadView, consensus: Bytes): Found | undefined {
  const operator = byConsensus.get(view, [consensus]);
  if (operator === undefined) return undefined;
  return { operator, validator: present(validators.get(view, [operator]), "a known key has its validator") };
}
