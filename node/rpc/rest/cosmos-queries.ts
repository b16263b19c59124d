import {
  QueryAccountRequest,
  QueryAccountResponse,
  QueryAccountsRequest,
  QueryAccountsResponse,
  QueryParamsRequest as AuthParamsRequest,
  QueryParamsResponse as AuthParamsResponse,
} from "cosmjs-types/cosmos/auth/v1beta1/query";
import {
  QueryAllBalancesRequest,
  QueryAllBalancesResponse,
  QueryBalanceRequest,
  QueryBalanceResponse,
  QueryDenomMetadataRequest,
  QueryDenomMetadataResponse,
  QueryDenomsMetadataRequest,
  QueryDenomsMetadataResponse,
  QueryParamsRequest as BankParamsRequest,
  QueryParamsResponse as BankParamsResponse,
  QuerySpendableBalancesRequest,
  QuerySpendableBalancesResponse,
  QuerySupplyOfRequest,
  QuerySupplyOfResponse,
  QueryTotalSupplyRequest,
  QueryTotalSupplyResponse,
} from "cosmjs-types/cosmos/bank/v1beta1/query";
import {
  QueryParamsRequest as SlashingParamsRequest,
  QueryParamsResponse as SlashingParamsResponse,
  QuerySigningInfoRequest,
  QuerySigningInfoResponse,
  QuerySigningInfosRequest,
  QuerySigningInfosResponse,
} from "cosmjs-types/cosmos/slashing/v1beta1/query";
import {
  QueryDelegationRequest,
  QueryDelegationResponse,
  QueryDelegatorDelegationsRequest,
  QueryDelegatorDelegationsResponse,
  QueryDelegatorUnbondingDelegationsRequest,
  QueryDelegatorUnbondingDelegationsResponse,
  QueryParamsRequest as StakingParamsRequest,
  QueryParamsResponse as StakingParamsResponse,
  QueryPoolRequest,
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
import {
  GetTxRequest,
  GetTxResponse,
  GetTxsEventRequest,
  GetTxsEventResponse,
} from "cosmjs-types/cosmos/tx/v1beta1/service";
import type { CosmosType } from "#proto/codec/cosmos.js";
import type { JsonObject } from "#proto/codec/json-text.js";
import { isRejection } from "#proto/rejection.js";
import { cosmosFromJson, cosmosToJson } from "#proto/tx/cosmos-json.js";
import type { Reply } from "../http-reply.js";
import type { QueryService } from "../services/queries.js";
import { answer } from "./answer.js";
import { badRequest, ok, queryError } from "./reply.js";

/** One REST path is one protobuf query: the path's names and the URL's parameters are fields of the request. */
export interface CosmosQuery {
  readonly path: string;
  readonly service: string;
  readonly request: CosmosType<unknown>;
  readonly response: CosmosType<unknown>;
}

function query<Q, R>(path: string, service: string, request: CosmosType<Q>, response: CosmosType<R>): CosmosQuery {
  return { path, service, request, response } as CosmosQuery;
}

const AUTH = "/cosmos.auth.v1beta1.Query";
const BANK = "/cosmos.bank.v1beta1.Query";
const SLASHING = "/cosmos.slashing.v1beta1.Query";
const STAKING = "/cosmos.staking.v1beta1.Query";
const TX = "/cosmos.tx.v1beta1.Service";

export const cosmosQueries: readonly CosmosQuery[] = [
  query("/cosmos/auth/v1beta1/accounts/{address}", `${AUTH}/Account`, QueryAccountRequest, QueryAccountResponse),
  query("/cosmos/auth/v1beta1/accounts", `${AUTH}/Accounts`, QueryAccountsRequest, QueryAccountsResponse),
  query("/cosmos/auth/v1beta1/params", `${AUTH}/Params`, AuthParamsRequest, AuthParamsResponse),
  query(
    "/cosmos/bank/v1beta1/balances/{address}",
    `${BANK}/AllBalances`,
    QueryAllBalancesRequest,
    QueryAllBalancesResponse,
  ),
  query(
    "/cosmos/bank/v1beta1/balances/{address}/by_denom",
    `${BANK}/Balance`,
    QueryBalanceRequest,
    QueryBalanceResponse,
  ),
  query(
    "/cosmos/bank/v1beta1/spendable_balances/{address}",
    `${BANK}/SpendableBalances`,
    QuerySpendableBalancesRequest,
    QuerySpendableBalancesResponse,
  ),
  query("/cosmos/bank/v1beta1/supply", `${BANK}/TotalSupply`, QueryTotalSupplyRequest, QueryTotalSupplyResponse),
  query("/cosmos/bank/v1beta1/supply/by_denom", `${BANK}/SupplyOf`, QuerySupplyOfRequest, QuerySupplyOfResponse),
  query("/cosmos/bank/v1beta1/supply/{denom}", `${BANK}/SupplyOf`, QuerySupplyOfRequest, QuerySupplyOfResponse),
  query(
    "/cosmos/bank/v1beta1/denoms_metadata",
    `${BANK}/DenomsMetadata`,
    QueryDenomsMetadataRequest,
    QueryDenomsMetadataResponse,
  ),
  query(
    "/cosmos/bank/v1beta1/denoms_metadata/{denom}",
    `${BANK}/DenomMetadata`,
    QueryDenomMetadataRequest,
    QueryDenomMetadataResponse,
  ),
  query("/cosmos/bank/v1beta1/params", `${BANK}/Params`, BankParamsRequest, BankParamsResponse),
  query("/cosmos/slashing/v1beta1/params", `${SLASHING}/Params`, SlashingParamsRequest, SlashingParamsResponse),
  query(
    "/cosmos/slashing/v1beta1/signing_infos",
    `${SLASHING}/SigningInfos`,
    QuerySigningInfosRequest,
    QuerySigningInfosResponse,
  ),
  query(
    "/cosmos/slashing/v1beta1/signing_infos/{cons_address}",
    `${SLASHING}/SigningInfo`,
    QuerySigningInfoRequest,
    QuerySigningInfoResponse,
  ),
  query("/cosmos/staking/v1beta1/validators", `${STAKING}/Validators`, QueryValidatorsRequest, QueryValidatorsResponse),
  query(
    "/cosmos/staking/v1beta1/validators/{validator_addr}",
    `${STAKING}/Validator`,
    QueryValidatorRequest,
    QueryValidatorResponse,
  ),
  query(
    "/cosmos/staking/v1beta1/validators/{validator_addr}/delegations",
    `${STAKING}/ValidatorDelegations`,
    QueryValidatorDelegationsRequest,
    QueryValidatorDelegationsResponse,
  ),
  query(
    "/cosmos/staking/v1beta1/validators/{validator_addr}/delegations/{delegator_addr}",
    `${STAKING}/Delegation`,
    QueryDelegationRequest,
    QueryDelegationResponse,
  ),
  query(
    "/cosmos/staking/v1beta1/validators/{validator_addr}/delegations/{delegator_addr}/unbonding_delegation",
    `${STAKING}/UnbondingDelegation`,
    QueryUnbondingDelegationRequest,
    QueryUnbondingDelegationResponse,
  ),
  query(
    "/cosmos/staking/v1beta1/delegations/{delegator_addr}",
    `${STAKING}/DelegatorDelegations`,
    QueryDelegatorDelegationsRequest,
    QueryDelegatorDelegationsResponse,
  ),
  query(
    "/cosmos/staking/v1beta1/delegators/{delegator_addr}/unbonding_delegations",
    `${STAKING}/DelegatorUnbondingDelegations`,
    QueryDelegatorUnbondingDelegationsRequest,
    QueryDelegatorUnbondingDelegationsResponse,
  ),
  query("/cosmos/staking/v1beta1/params", `${STAKING}/Params`, StakingParamsRequest, StakingParamsResponse),
  query("/cosmos/staking/v1beta1/pool", `${STAKING}/Pool`, QueryPoolRequest, QueryPoolResponse),
  query("/cosmos/tx/v1beta1/txs/{hash}", `${TX}/GetTx`, GetTxRequest, GetTxResponse),
  query("/cosmos/tx/v1beta1/txs", `${TX}/GetTxsEvent`, GetTxsEventRequest, GetTxsEventResponse),
];

export async function cosmosQuery(
  { service, request, response }: CosmosQuery,
  fields: JsonObject,
  height: bigint | undefined,
  queries: QueryService,
): Promise<Reply> {
  const message = cosmosFromJson(request, fields, "skipped");
  if (isRejection(message)) return badRequest(message);
  const found = await queries.query({ path: service, data: request.encode(message).finish(), height, prove: false });
  if (found.code !== 0) return queryError(found);
  return answer(ok(cosmosToJson(response, response.decode(found.value))), found.height);
}
