import { BaseAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { QueryAccountRequest, QueryAccountResponse } from "cosmjs-types/cosmos/auth/v1beta1/query";
import type { Client } from "#proto/client/index.js";
import { queryBytes } from "../client.js";
import { CliFault } from "../fault.js";

export interface OnChainAccount {
  readonly address: string;
  readonly number: bigint;
  readonly sequence: bigint;
  readonly pubKey: { readonly typeUrl: string; readonly value: Uint8Array } | undefined;
}

/** @throws CliFault(not_found) for an account that has never received anything */
export async function fetchAccount(node: Client, address: string): Promise<OnChainAccount> {
  const request = QueryAccountRequest.encode({ address }).finish();
  const { account } = QueryAccountResponse.decode(
    await queryBytes(node, "/cosmos.auth.v1beta1.Query/Account", request),
  );
  if (account?.typeUrl !== BaseAccount.typeUrl)
    throw new CliFault(
      "account_type",
      `the account of ${address} is of type ${account?.typeUrl ?? "none"}, which tribd cannot sign for`,
    );
  const { accountNumber, sequence, pubKey } = BaseAccount.decode(account.value);
  return { address, number: accountNumber, sequence, pubKey };
}
