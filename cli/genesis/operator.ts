import type { Bytes } from "#proto/bytes.js";
import { fromBech32 } from "#proto/crypto/address.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { usage } from "../fault.js";
import type { ChainTerms } from "../world.js";

/**
 * The account that operates a validator of the genesis: an account's or an operator's address. Without one it is the
 * address of the consensus key, for which nobody can sign: such a validator decides, and stays as it is.
 */
export function operatorAccount(text: string | undefined, publicKey: Bytes, { prefix }: ChainTerms): Bytes {
  if (text === undefined) return validatorAddress(publicKey);
  const address = fromBech32(prefix, text) ?? fromBech32(`${prefix}valoper`, text);
  if (address === undefined)
    throw usage(`"${text}" is no account of this chain`, `${prefix}1... or ${prefix}valoper1...`);
  return address;
}
