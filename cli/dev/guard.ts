import { equalBytes, type Bytes } from "#proto/bytes.js";
import { accountAddress, secp256k1PublicKey } from "#proto/crypto/secp256k1.js";
import { signing } from "../fault.js";
import { deriveSecretKey, hdPath } from "../keyring/hd.js";
import type { World } from "../world.js";
import { developmentAccounts, developmentWarning, type DevelopmentAccount } from "./accounts.js";

/** A chain for development says so in its id: tributary-dev-1. */
export function isDevelopmentChain(chainId: string): boolean {
  return chainId.includes("-dev-");
}

export interface DevelopmentKey extends DevelopmentAccount {
  readonly secretKey: Bytes;
  readonly publicKey: Bytes;
  readonly address: Bytes;
}

let derived: readonly DevelopmentKey[] | undefined;

/** The accounts with their keys; derived once a process, which takes some milliseconds each. */
export function developmentKeys(): readonly DevelopmentKey[] {
  derived ??= developmentAccounts.map((account) => {
    const secretKey = deriveSecretKey(account.mnemonic, hdPath(0, 0));
    const publicKey = secp256k1PublicKey(secretKey);
    return { ...account, secretKey, publicKey, address: accountAddress(publicKey) };
  });
  return derived;
}

/** @throws CliFault(development_key) when a public development key would be used where coins are worth something */
export function refuseDevelopmentKey(address: Bytes, chainId: string): void {
  if (isDevelopmentChain(chainId)) return;
  const found = developmentKeys().find((key) => equalBytes(key.address, address));
  if (found === undefined) return;
  throw signing(
    "development_key",
    `the key of "${found.name}" is public, and ${chainId} is not a development chain, whose id contains "-dev-"`,
    "use a key of your own: tribd keys add <name>",
  );
}

export function warnOfDevelopmentMnemonic(mnemonic: string, world: World): void {
  if (developmentAccounts.some((account) => account.mnemonic === mnemonic)) world.out.warn(developmentWarning);
}
