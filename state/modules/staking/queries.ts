import { PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import {
  QueryDelegationRequest,
  QueryDelegationResponse,
  QueryDelegatorDelegationsRequest,
  QueryDelegatorDelegationsResponse,
  QueryDelegatorUnbondingDelegationsRequest,
  QueryDelegatorUnbondingDelegationsResponse,
  QueryParamsResponse,
  QueryPoolResponse,
  QueryUnbondingDelegationRequest,
  QueryUnbondingDelegationResponse,
  QueryValidatorDelegationsRequest,
  QueryValidatorDelegationsResponse,
  QueryValidatorRequest,
  QueryValidatorResponse,
  QueryValidatorsRequest,
  QueryValidatorsResponse,
} from "cosmjs-types/cosmos/staking/v1beta1/query";
import { Validator as CosmosValidator } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { present } from "#proto/assert.js";
import type { Bytes } from "#proto/bytes.js";
import { cosmos } from "#proto/codec/cosmos.js";
import { message } from "#proto/codec/message.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import type { AddressText, Bech32Text } from "../../context.js";
import type { QueryHandler } from "../../module.js";
import { moduleAccounts } from "../../module-accounts.js";
import { paginate } from "../../pagination.js";
import { invalidArgument, notFound } from "../../query.js";
import { addressKey } from "../../store/key-codec.js";
import { messageValue } from "../../store/value-codec.js";
import type { ReadView } from "../../store/view.js";
import { balanceOf } from "../bank/index.js";
import { chainConfig } from "../chain/index.js";
import { delegated, delegations, unbondings, validators } from "./keys.js";
import { findValidator, paramsOf, type Found, type Unbonding, type Validator } from "./records.js";
import { delegationShares, stakeOf } from "./stake.js";
import { timestamp } from "./timestamp.js";

const ed25519 = cosmos(PubKey);
const stored = messageValue(message("tributary.staking.v1.Validator"));
const codecs = {
  validator: cosmos(QueryValidatorRequest),
  validators: cosmos(QueryValidatorsRequest),
  delegation: cosmos(QueryDelegationRequest),
  unbonding: cosmos(QueryUnbondingDelegationRequest),
  ofValidator: cosmos(QueryValidatorDelegationsRequest),
  ofDelegator: cosmos(QueryDelegatorDelegationsRequest),
  unbondingsOfDelegator: cosmos(QueryDelegatorUnbondingDelegationsRequest),
};

/** cosmos.staking.v1beta1.BondStatus by number, and no status for all. */
const STATUS_NAMES = ["", "BOND_STATUS_UNBONDED", "BOND_STATUS_UNBONDING", "BOND_STATUS_BONDED"];

/** A validator as wallets read it. */
function shown(validator: Validator): CosmosValidator {
  return CosmosValidator.fromPartial({
    operatorAddress: validator.operator,
    consensusPubkey: { typeUrl: PubKey.typeUrl, value: ed25519.encode({ key: validator.pubKey }) },
    jailed: validator.jailed,
    status: validator.status,
    tokens: validator.tokens,
    delegatorShares: validator.shares,
    description: present(validator.description, "a validator describes itself"),
    unbondingHeight: validator.unbondingHeight,
    unbondingTime: timestamp(validator.unbondingTime),
    commission: {
      commissionRates: {
        rate: validator.commissionRate.toString(),
        maxRate: validator.commissionMaxRate.toString(),
        maxChangeRate: validator.commissionMaxChangeRate.toString(),
      },
      updateTime: timestamp(validator.commissionTime),
    },
    minSelfDelegation: validator.minSelfDelegation,
  });
}

function addressOf(text: Bech32Text, asked: string, kind: string): Bytes | Rejection {
  return text.parse(asked) ?? invalidArgument(`${asked} is not a valid ${kind} address of this chain`);
}

interface Pair {
  readonly operator: Bytes;
  readonly delegator: Bytes;
}

function pairOf(text: AddressText, asked: { readonly delegatorAddr: string; readonly validatorAddr: string }) {
  const operator = addressOf(text.operator, asked.validatorAddr, "operator");
  if (isRejection(operator)) return operator;
  const delegator = addressOf(text, asked.delegatorAddr, "account");
  return isRejection(delegator) ? delegator : { operator, delegator };
}

function delegationResponse(view: ReadView, text: AddressText, { operator, delegator }: Pair) {
  const found: Found = { operator, validator: present(validators.get(view, [operator]), "a delegation's validator") };
  return {
    delegation: {
      delegatorAddress: text.format(delegator),
      validatorAddress: found.validator.operator,
      shares: delegationShares(view, operator, delegator).toString(),
    },
    balance: { denom: chainConfig(view).bondDenom, amount: stakeOf(view, found, delegator).toString() },
  };
}

function unbondingOf(rows: readonly Unbonding[]) {
  return {
    delegatorAddress: rows[0]!.delegator,
    validatorAddress: rows[0]!.operator,
    entries: rows.map(({ creationHeight, completionTime, initialBalance, balance }) => ({
      creationHeight,
      completionTime: timestamp(completionTime),
      initialBalance,
      balance,
      unbondingId: 0n,
      unbondingOnHoldRefCount: 0n,
    })),
  };
}

function unbondingsOf(view: ReadView, { operator, delegator }: Pair): Unbonding[] {
  return [...unbondings.range(view, { prefix: [operator, delegator] })].map(([, entry]) => entry);
}

/** Queries of the module. */
export const queries: Readonly<Record<string, QueryHandler>> = {
  "/cosmos.staking.v1beta1.Query/Validators"({ view }, request) {
    const asked = codecs.validators.decode(request);
    if (isRejection(asked)) return asked;
    const wanted = STATUS_NAMES.indexOf(asked.status);
    if (wanted < 0) return invalidArgument(`validator status ${asked.status}`);
    const isWanted = (value: Bytes): boolean => wanted === 0 || stored.decode(value).status === wanted;
    const page = paginate(view, validators.prefix, asked.pagination, isWanted);
    if (isRejection(page)) return page;
    const rows = page.entries.map(([, value]) => shown(stored.decode(value)));
    return QueryValidatorsResponse.encode({ validators: rows, pagination: page.pagination }).finish();
  },
  "/cosmos.staking.v1beta1.Query/Validator"({ view, address }, request) {
    const asked = codecs.validator.decode(request);
    if (isRejection(asked)) return asked;
    const found = findValidator(view, address, asked.validatorAddr);
    if (isRejection(found)) return notFound(`validator ${asked.validatorAddr}`);
    return QueryValidatorResponse.encode({ validator: shown(found.validator) }).finish();
  },
  "/cosmos.staking.v1beta1.Query/Delegation"({ view, address }, request) {
    const asked = codecs.delegation.decode(request);
    if (isRejection(asked)) return asked;
    const pair = pairOf(address, asked);
    if (isRejection(pair)) return pair;
    if (delegationShares(view, pair.operator, pair.delegator) === 0n) {
      return notFound(`delegation with delegator ${asked.delegatorAddr} for validator ${asked.validatorAddr}`);
    }
    return QueryDelegationResponse.encode({ delegationResponse: delegationResponse(view, address, pair) }).finish();
  },
  "/cosmos.staking.v1beta1.Query/ValidatorDelegations"({ view, address }, request) {
    const asked = codecs.ofValidator.decode(request);
    if (isRejection(asked)) return asked;
    const operator = addressOf(address.operator, asked.validatorAddr, "operator");
    if (isRejection(operator)) return operator;
    const prefix = delegations.key([operator]);
    const page = paginate(view, prefix, asked.pagination);
    if (isRejection(page)) return page;
    const delegationResponses = page.entries.map(([key]) =>
      delegationResponse(view, address, { operator, delegator: addressKey.decode(key, prefix.length).value }),
    );
    return QueryValidatorDelegationsResponse.encode({ delegationResponses, pagination: page.pagination }).finish();
  },
  "/cosmos.staking.v1beta1.Query/DelegatorDelegations"({ view, address }, request) {
    const asked = codecs.ofDelegator.decode(request);
    if (isRejection(asked)) return asked;
    const delegator = addressOf(address, asked.delegatorAddr, "account");
    if (isRejection(delegator)) return delegator;
    const prefix = delegated.key([delegator]);
    const page = paginate(view, prefix, asked.pagination);
    if (isRejection(page)) return page;
    const delegationResponses = page.entries.map(([key]) =>
      delegationResponse(view, address, { operator: addressKey.decode(key, prefix.length).value, delegator }),
    );
    return QueryDelegatorDelegationsResponse.encode({ delegationResponses, pagination: page.pagination }).finish();
  },
  "/cosmos.staking.v1beta1.Query/UnbondingDelegation"({ view, address }, request) {
    const asked = codecs.unbonding.decode(request);
    if (isRejection(asked)) return asked;
    const pair = pairOf(address, asked);
    if (isRejection(pair)) return pair;
    const rows = unbondingsOf(view, pair);
    if (rows.length === 0) {
      return notFound(
        `unbonding delegation with delegator ${asked.delegatorAddr} for validator ${asked.validatorAddr}`,
      );
    }
    return QueryUnbondingDelegationResponse.encode({ unbond: unbondingOf(rows) }).finish();
  },
  // Only the validator's operator can unbond, so there is one row to read.
  "/cosmos.staking.v1beta1.Query/DelegatorUnbondingDelegations"({ view, address }, request) {
    const asked = codecs.unbondingsOfDelegator.decode(request);
    if (isRejection(asked)) return asked;
    const delegator = addressOf(address, asked.delegatorAddr, "account");
    if (isRejection(delegator)) return delegator;
    const rows = unbondingsOf(view, { operator: delegator, delegator });
    const unbondingResponses = rows.length === 0 ? [] : [unbondingOf(rows)];
    const pagination = { nextKey: new Uint8Array(0), total: BigInt(unbondingResponses.length) };
    return QueryDelegatorUnbondingDelegationsResponse.encode({ unbondingResponses, pagination }).finish();
  },
  "/cosmos.staking.v1beta1.Query/Params"({ view }) {
    const { unbondingMs, maxValidators, maxEntries, minCommissionRate } = paramsOf(view);
    return QueryParamsResponse.encode({
      params: {
        unbondingTime: timestamp(unbondingMs),
        maxValidators,
        maxEntries,
        historicalEntries: 0,
        bondDenom: chainConfig(view).bondDenom,
        minCommissionRate: minCommissionRate.toString(),
      },
    }).finish();
  },
  "/cosmos.staking.v1beta1.Query/Pool"({ view }) {
    const { bondDenom } = chainConfig(view);
    const { bonded, notBonded } = moduleAccounts;
    return QueryPoolResponse.encode({
      pool: {
        notBondedTokens: balanceOf(view, notBonded, bondDenom).toString(),
        bondedTokens: balanceOf(view, bonded, bondDenom).toString(),
      },
    }).finish();
  },
};
