import { fromBech32, toBech32 } from "#proto/crypto/address.js";
import { openKeyring, type KeyringValues } from "./keyring/open.js";
import { resolveAddress } from "./keyring/resolve.js";
import type { World } from "./world.js";

/** The operator's address of a validator that is named by it, by its account or by a key. */
export function operatorText(text: string, values: KeyringValues, world: World): string {
  const prefix = `${world.terms.prefix}valoper`;
  if (fromBech32(prefix, text) !== undefined) return text;
  return toBech32(prefix, resolveAddress(text, openKeyring(values, world), world.terms));
}
