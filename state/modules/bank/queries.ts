import { Metadata } from "cosmjs-types/cosmos/bank/v1beta1/bank";
import {
  QueryAllBalancesRequest,
  QueryAllBalancesResponse,
  QueryBalanceRequest,
  QueryBalanceResponse,
  QueryDenomMetadataRequest,
  QueryDenomMetadataResponse,
  QueryDenomsMetadataRequest,
  QueryDenomsMetadataResponse,
  QueryParamsResponse,
  QuerySpendableBalancesRequest,
  QuerySpendableBalancesResponse,
  QuerySupplyOfRequest,
  QuerySupplyOfResponse,
  QueryTotalSupplyRequest,
  QueryTotalSupplyResponse,
} from "cosmjs-types/cosmos/bank/v1beta1/query";
import type { PageRequest } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import { cosmos } from "#proto/codec/cosmos.js";
import type { Bytes } from "#proto/bytes.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import type { QueryContext, QueryHandler } from "../../module.js";
import { paginate } from "../../pagination.js";
import { invalidArgument, notFound } from "../../query.js";
import { textKey } from "../../store/key-codec.js";
import { amountValue } from "../../store/value-codec.js";
import { DENOM } from "../chain/index.js";
import { balances, metadata, supplies } from "./keys.js";
import { balanceOf, supplyOf } from "./ledger.js";

const codecs = {
  balance: cosmos(QueryBalanceRequest),
  all: cosmos(QueryAllBalancesRequest),
  spendable: cosmos(QuerySpendableBalancesRequest),
  total: cosmos(QueryTotalSupplyRequest),
  supply: cosmos(QuerySupplyOfRequest),
  denom: cosmos(QueryDenomMetadataRequest),
  denoms: cosmos(QueryDenomsMetadataRequest),
};

const badAddress = (text: string): Rejection =>
  invalidArgument(`address ${text} is not an account address of this chain`);

const badDenom = (text: string): Rejection =>
  invalidArgument(text === "" ? "denom: missing" : `denom: ${text} is not a denomination`);

/** All coins of one account, in the order of their denominations. */
function coinsOf({ view, address: text }: QueryContext, account: string, page: PageRequest | undefined) {
  const address = text.parse(account);
  if (address === undefined) return badAddress(account);
  return coinPage(view, balances.key([address]), page);
}

function coinPage(view: QueryContext["view"], prefix: Bytes, asked: PageRequest | undefined) {
  const page = paginate(view, prefix, asked);
  if (isRejection(page)) return page;
  const coins = page.entries.map(([key, value]) => ({
    denom: textKey.decode(key, prefix.length).value,
    amount: amountValue.decode(value).toString(),
  }));
  return { coins, pagination: page.pagination };
}

/** Queries of the module. */
export const queries: Readonly<Record<string, QueryHandler>> = {
  "/cosmos.bank.v1beta1.Query/Balance"({ view, address: text }, request) {
    const asked = codecs.balance.decode(request);
    if (isRejection(asked)) return asked;
    const address = text.parse(asked.address);
    if (address === undefined) return badAddress(asked.address);
    if (!DENOM.test(asked.denom)) return badDenom(asked.denom);
    const amount = balanceOf(view, address, asked.denom).toString();
    return QueryBalanceResponse.encode({ balance: { denom: asked.denom, amount } }).finish();
  },
  "/cosmos.bank.v1beta1.Query/AllBalances"(context, request) {
    const asked = codecs.all.decode(request);
    if (isRejection(asked)) return asked;
    const page = coinsOf(context, asked.address, asked.pagination);
    if (isRejection(page)) return page;
    return QueryAllBalancesResponse.encode({ balances: page.coins, pagination: page.pagination }).finish();
  },
  // Nothing is locked before vesting exists: all of a balance can be spent.
  "/cosmos.bank.v1beta1.Query/SpendableBalances"(context, request) {
    const asked = codecs.spendable.decode(request);
    if (isRejection(asked)) return asked;
    const page = coinsOf(context, asked.address, asked.pagination);
    if (isRejection(page)) return page;
    return QuerySpendableBalancesResponse.encode({ balances: page.coins, pagination: page.pagination }).finish();
  },
  "/cosmos.bank.v1beta1.Query/TotalSupply"({ view }, request) {
    const asked = codecs.total.decode(request);
    if (isRejection(asked)) return asked;
    const page = coinPage(view, supplies.prefix, asked.pagination);
    if (isRejection(page)) return page;
    return QueryTotalSupplyResponse.encode({ supply: page.coins, pagination: page.pagination }).finish();
  },
  "/cosmos.bank.v1beta1.Query/SupplyOf"({ view }, request) {
    const asked = codecs.supply.decode(request);
    if (isRejection(asked)) return asked;
    if (!DENOM.test(asked.denom)) return badDenom(asked.denom);
    const amount = supplyOf(view, asked.denom).toString();
    return QuerySupplyOfResponse.encode({ amount: { denom: asked.denom, amount } }).finish();
  },
  "/cosmos.bank.v1beta1.Query/DenomMetadata"({ view }, request) {
    const asked = codecs.denom.decode(request);
    if (isRejection(asked)) return asked;
    const bytes = metadata.get(view, [asked.denom]);
    if (bytes === undefined) return notFound(`client metadata for denom ${asked.denom}`);
    return QueryDenomMetadataResponse.encode({ metadata: Metadata.decode(bytes) }).finish();
  },
  "/cosmos.bank.v1beta1.Query/DenomsMetadata"({ view }, request) {
    const asked = codecs.denoms.decode(request);
    if (isRejection(asked)) return asked;
    const page = paginate(view, metadata.prefix, asked.pagination);
    if (isRejection(page)) return page;
    const metadatas = page.entries.map(([, value]) => Metadata.decode(value));
    return QueryDenomsMetadataResponse.encode({ metadatas, pagination: page.pagination }).finish();
  },
  "/cosmos.bank.v1beta1.Query/Params": () =>
    QueryParamsResponse.encode({ params: { sendEnabled: [], defaultSendEnabled: true } }).finish(),
};
