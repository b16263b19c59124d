import { utf8, type Bytes } from "#proto/bytes.js";
import { toBech32 } from "#proto/crypto/address.js";
import { sha256 } from "#proto/crypto/hash.js";
import { accountAddress, secp256k1PublicKey } from "#proto/crypto/secp256k1.js";
import type { GenesisDocument } from "#proto/types/genesis.js";
import { multisigAddresses } from "./dearest.js";
import { assembleTx, bankSend, buildTx, signDirect } from "#proto/tx/build.js";

/**
 * Accounts with coins and known keys in the genesis of a hostile net: strangers who can pay. There are enough of them that the
 * genesis document is large, as that of a chain with users is.
 */
export const ACCOUNTS = 4_000;
const COINS = "1000000000";
export const PREFIX = "trib";
export const DENOM = "utrib";
const GAS_LIMIT = 120_000n;
const FEE = "1000";

export interface Account {
  readonly secretKey: Bytes;
  readonly publicKey: Bytes;
  readonly address: Bytes;
  /** Its number on the chain. */
  readonly number: bigint;
}

function keysOf(i: number): Omit<Account, "number"> {
  const secretKey = sha256(utf8(`hostile account ${i}`));
  const publicKey = secp256k1PublicKey(secretKey);
  return { secretKey, publicKey, address: accountAddress(publicKey) };
}

/** @param firstNumber of the first account of ours on this chain */
export function account(i: number, firstNumber: number): Account {
  return { ...keysOf(i), number: BigInt(firstNumber + i) };
}

interface Funded {
  readonly auth: { readonly accounts: readonly unknown[] };
  readonly bank: { readonly balances: readonly unknown[] };
}

/** The document with our accounts behind its own: the multisigs, then the funded ones. Numbers are those of the first. */
export function withAccounts(
  document: GenesisDocument,
  count: number,
): {
  readonly document: GenesisDocument;
  readonly firstNumber: number;
  readonly firstMultisig: number;
} {
  const { auth, bank } = document.app_state as unknown as Funded;
  const multisigs = multisigAddresses();
  const funded = Array.from({ length: count }, (_, i) => keysOf(i).address);
  const addresses = [...multisigs, ...funded].map((address) => toBech32(PREFIX, address));
  const accounts = [...auth.accounts, ...addresses.map((address) => ({ address }))];
  const coins = [{ denom: DENOM, amount: COINS }];
  const balances = [...bank.balances, ...addresses.map((address) => ({ address, coins }))];
  const appState = { ...document.app_state, auth: { ...auth, accounts }, bank: { ...bank, balances } };
  const firstMultisig = auth.accounts.length;
  const firstNumber = firstMultisig + multisigs.length;
  return { document: { ...document, app_state: appState }, firstNumber, firstMultisig };
}

/** One coin sent to oneself: what a valid transaction looks like at its smallest. */
export function transfer(from: Account, sequence: bigint, chainId: string, memo = ""): Bytes {
  const own = toBech32(PREFIX, from.address);
  const unsigned = buildTx(
    { messages: [bankSend(own, own, [{ denom: DENOM, amount: "1" }])], memo, timeoutHeight: 0n },
    { coins: [{ denom: DENOM, amount: FEE }], gasLimit: GAS_LIMIT },
    [{ publicKey: from.publicKey, sequence }],
  );
  return assembleTx(unsigned, [signDirect(unsigned, from.secretKey, chainId, from.number)]);
}
