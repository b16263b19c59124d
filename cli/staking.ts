import { toBech32 } from "#proto/crypto/address.js";
import { openKeyring, type KeyringValues } from "./keyring/open.js";
import { readBech32, resolveAddress } from "./keyring/resolve.js";
import type { World } from "./world.js";

/** The operator's address of a validator that is named by it, by its account or by a key. */
export function operatorText(text: string, values: KeyringValues, world: World): string {
  const prefix = `${world.terms.prefix}valoper`;
  return toBech32(prefix, readBech32(prefix, text) ?? resolveAddress(text, openKeyring(values, world), world.terms));
}
