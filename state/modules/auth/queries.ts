import { BaseAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import {
  QueryAccountRequest,
  QueryAccountResponse,
  QueryAccountsRequest,
  QueryAccountsResponse,
  QueryParamsResponse,
} from "cosmjs-types/cosmos/auth/v1beta1/query";
import { cosmos } from "#proto/codec/cosmos.js";
import type { Bytes } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { MEMO_BYTES_MAX, SIGNERS_PER_TX_MAX } from "#proto/limits.js";
import { GAS } from "../../gas.js";
import type { AddressText } from "../../context.js";
import type { QueryHandler } from "../../module.js";
import { paginate } from "../../pagination.js";
import { invalidArgument, notFound } from "../../query.js";
import { accountOf, type Account } from "./accounts.js";
import { accounts } from "./keys.js";
import { messageValue } from "../../store/value-codec.js";
import { message } from "#proto/codec/message.js";

const baseAccount = cosmos(BaseAccount);
const accountRequest = cosmos(QueryAccountRequest);
const accountsRequest = cosmos(QueryAccountsRequest);
const accountValue = messageValue(message("tributary.auth.v1.Account"));

function baseAccountAny(text: AddressText, address: Bytes, account: Account) {
  const pubKey = account.keyType === "" ? undefined : { typeUrl: account.keyType, value: account.key };
  const value = baseAccount.encode(
    BaseAccount.fromPartial({
      address: text.format(address),
      accountNumber: account.number,
      sequence: account.sequence,
      ...(pubKey === undefined ? {} : { pubKey }),
    }),
  );
  return { typeUrl: BaseAccount.typeUrl, value };
}

/** Queries of the module. */
export const queries: Readonly<Record<string, QueryHandler>> = {
  "/cosmos.auth.v1beta1.Query/Account"({ view, address: text }, request) {
    const asked = accountRequest.decode(request);
    if (isRejection(asked)) return asked;
    const address = text.parse(asked.address);
    if (address === undefined) {
      return invalidArgument(`address ${asked.address} is not an account address of this chain`);
    }
    const account = accountOf(view, address);
    if (account === undefined) return notFound(`account ${asked.address}`);
    return QueryAccountResponse.encode({ account: baseAccountAny(text, address, account) }).finish();
  },
  "/cosmos.auth.v1beta1.Query/Accounts"({ view, address: text }, request) {
    const asked = accountsRequest.decode(request);
    if (isRejection(asked)) return asked;
    const page = paginate(view, accounts.prefix, asked.pagination);
    if (isRejection(page)) return page;
    const rows = page.entries.map(([key, value]) => baseAccountAny(text, key.slice(2), accountValue.decode(value)));
    return QueryAccountsResponse.encode({ accounts: rows, pagination: page.pagination }).finish();
  },
  "/cosmos.auth.v1beta1.Query/Params": () =>
    QueryParamsResponse.encode({
      params: {
        maxMemoCharacters: BigInt(MEMO_BYTES_MAX),
        txSigLimit: BigInt(SIGNERS_PER_TX_MAX),
        txSizeCostPerByte: GAS.perTxByte,
        sigVerifyCostEd25519: GAS.perEd25519Signature,
        sigVerifyCostSecp256k1: GAS.perSecp256k1Signature,
      },
    }).finish(),
};
