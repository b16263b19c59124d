import { BaseAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { QueryAccountRequest, QueryAccountResponse } from "cosmjs-types/cosmos/auth/v1beta1/query";
import { toHex, type Bytes } from "#proto/bytes.js";
import { toBech32 } from "#proto/crypto/address.js";
import { accountAddress, secp256k1PublicKey } from "#proto/crypto/secp256k1.js";
import { assembleTx, bankSend, buildTx, signDirect } from "#proto/tx/build.js";
import { account } from "#test/hostile/accounts.js";
import type { Chain } from "./chain.js";
import type { Endpoint, LoadOptions } from "./options.js";
import { ask, settle } from "./settle.js";

/** What each account gets, in base units: fees and coins for more transfers than a run sends. */
const COINS = "100000000";
/** Accounts that one transaction pays, and what each costs. */
const PAID_AT_ONCE = 50;
const GAS_EACH = 100_000;
const GAS_PER_FEE_UNIT = 100;

/**
 * A chain that is there already: the accounts of the load get coins from one that has some. They must be new on it, for
 * their numbers are counted on from the first and their sequences from 0.
 * @throws Error when the chain refuses, or the accounts are not new
 */
export async function openEndpoint(endpoint: Endpoint, { accounts }: LoadOptions): Promise<Chain> {
  const { urls, prefix, denom, funder, pids } = endpoint;
  const url = urls[0]!;
  const status = await ask<{ node_info: { network: string } }>(url, "status");
  if (status === undefined) throw new Error(`${url} has no status`);
  const chainId = status.node_info.network;
  const address = (index: number): string => toBech32(prefix, account(index, 0).address);
  const publicKey = secp256k1PublicKey(funder);
  const from = toBech32(prefix, accountAddress(publicKey));
  const payer = await accountAt(url, from);
  if (payer === undefined) throw new Error(`the funder ${from} is not on the chain ${chainId}`);
  const paid = (first: number, sequence: bigint): Bytes => {
    const count = Math.min(PAID_AT_ONCE, accounts - first);
    const gas = GAS_EACH * (count + 1);
    const messages = Array.from({ length: count }, (_, i) =>
      bankSend(from, address(first + i), [{ denom, amount: COINS }]),
    );
    const unsigned = buildTx(
      { messages, memo: "", timeoutHeight: 0n },
      { coins: [{ denom, amount: String(Math.ceil(gas / GAS_PER_FEE_UNIT)) }], gasLimit: BigInt(gas) },
      [{ publicKey, sequence }],
    );
    return assembleTx(unsigned, [signDirect(unsigned, funder, chainId, payer.accountNumber)]);
  };
  let { sequence } = payer;
  for (let first = 0; first < accounts; first += PAID_AT_ONCE) {
    await settle(url, Buffer.from(paid(first, sequence++)).toString("base64"));
  }
  const [one, last] = [await accountAt(url, address(0)), await accountAt(url, address(accounts - 1))];
  const inOrder = one !== undefined && last?.accountNumber === one.accountNumber + BigInt(accounts - 1);
  if (!inOrder || one.sequence !== 0n || last.sequence !== 0n) {
    throw new Error(`the accounts of the load have been on the chain ${chainId} before: start it anew`);
  }
  return {
    target: { chainId, prefix, denom, firstNumber: Number(one.accountNumber) },
    ...{ urls, pids, metricsPorts: [] },
    stop: () => Promise.resolve([]),
  };
}

/** Undefined when nothing of the address is on the chain. */
async function accountAt(url: string, address: string): Promise<BaseAccount | undefined> {
  const request = toHex(QueryAccountRequest.encode({ address }).finish());
  const path = encodeURIComponent('"/cosmos.auth.v1beta1.Query/Account"');
  const found = await ask<{ response: { code: number; value: string | null } }>(
    url,
    `abci_query?path=${path}&data=0x${request}`,
  );
  if (found?.response.code !== 0 || found.response.value === null) return undefined;
  const any = QueryAccountResponse.decode(Buffer.from(found.response.value, "base64")).account;
  return any === undefined ? undefined : BaseAccount.decode(any.value);
}
