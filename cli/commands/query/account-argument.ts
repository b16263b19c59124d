import { toBech32 } from "#proto/crypto/address.js";
import { openKeyring, type KeyringValues } from "../../keyring/open.js";
import { resolveAddress } from "../../keyring/resolve.js";
import { must, opt } from "../../option.js";
import type { World } from "../../world.js";

/** Wherever an address is asked for, the name of a key will do. */
export const accountArgument = must(opt.text("Address, or name of a key."));

export function accountText(text: string, values: KeyringValues, world: World): string {
  return toBech32(world.terms.prefix, resolveAddress(text, openKeyring(values, world), world.terms));
}
