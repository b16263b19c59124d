import type { Bytes } from "#proto/bytes.js";
import { validatorAddress } from "#proto/crypto/ed25519.js";
import { usage } from "../fault.js";
import { readBech32 } from "../keyring/resolve.js";
import type { ChainTerms } from "../world.js";

export const NO_OPERATOR = "without --operator no one can unbond, edit or unjail this validator";

/**
 * The account that operates a validator of the genesis: an account's or an operator's address. Without one it is the
 * address of the consensus key, for which there is no account key: such a validator votes, and cannot be changed.
 */
export function operatorAccount(text: string | undefined, publicKey: Bytes, { prefix }: ChainTerms): Bytes {
  if (text === undefined) return validatorAddress(publicKey);
  const address = readBech32(prefix, text) ?? readBech32(`${prefix}valoper`, text);
  if (address === undefined) {
    throw usage(`"${text}" is not an account of this chain`, `${prefix}1... or ${prefix}valoper1...`);
  }
  return address;
}
