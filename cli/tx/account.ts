import { BaseAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { QueryAccountRequest, QueryAccountResponse } from "cosmjs-types/cosmos/auth/v1beta1/query";
import type { Client } from "#proto/client/index.js";
import { CliFault } from "../fault.js";

export interface OnChainAccount {
  readonly address: string;
  readonly number: bigint;
  readonly sequence: bigint;
  readonly pubKey: { readonly typeUrl: string; readonly value: Uint8Array } | undefined;
}

/** @throws CliFault(not_found) for an account that has never received anything */
export async function fetchAccount(node: Client, address: string): Promise<OnChainAccount> {
  const types = [QueryAccountRequest, QueryAccountResponse] as const;
  const { account } = await node.cosmosQuery("cosmos.auth.v1beta1.Query/Account", types, { address });
  if (account?.typeUrl !== BaseAccount.typeUrl) {
    throw new CliFault(
      "account_type",
      `the account of ${address} is of type ${account?.typeUrl ?? "none"}, which tribd cannot sign for`,
    );
  }
  const { accountNumber, sequence, pubKey } = BaseAccount.decode(account.value);
  return { address, number: accountNumber, sequence, pubKey };
}
