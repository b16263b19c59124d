import { fromBech32 } from "#proto/crypto/address.js";
import type { Bytes } from "#proto/bytes.js";
import { signing, usage } from "../fault.js";
import type { ChainTerms } from "../world.js";
import type { Keyring, KeyInfo } from "./keyring.js";

/** As fromBech32, and upper case too, which BIP-173 allows and QR codes prefer; the chain itself reads lower case only. */
export function readBech32(prefix: string, text: string): Bytes | undefined {
  return fromBech32(prefix, text === text.toUpperCase() ? text.toLowerCase() : text);
}

/** The key that a name or an address means. @throws CliFault(key_unknown) */
export function resolveKey(nameOrAddress: string, keyring: Keyring, terms: ChainTerms): KeyInfo {
  const address = readBech32(terms.prefix, nameOrAddress);
  const key = address === undefined ? keyring.find(nameOrAddress) : keyring.byAddress(address);
  if (key !== undefined) return key;
  throw signing(
    "key_unknown",
    `no key "${nameOrAddress}" in ${keyring.folder}`,
    "tribd keys list shows the names; --keyring-backend and --home choose the keyring",
  );
}

/** An address, given as such or by a key's name. @throws CliFault(usage) */
export function resolveAddress(nameOrAddress: string, keyring: Keyring, terms: ChainTerms): Bytes {
  const address = readBech32(terms.prefix, nameOrAddress) ?? keyring.find(nameOrAddress)?.address;
  if (address !== undefined) return address;
  throw usage(`"${nameOrAddress}" is neither an address (${terms.prefix}1...) nor a key in ${keyring.folder}`);
}
