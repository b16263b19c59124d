import { PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import {
  MsgCancelUnbondingDelegation,
  MsgCreateValidator,
  MsgDelegate,
  MsgEditValidator,
  MsgUndelegate,
} from "cosmjs-types/cosmos/staking/v1beta1/tx";
import type { Bytes } from "../bytes.js";
import { cosmosAny } from "./build.js";
import type { AnyMessage, Coin } from "./decode.js";

/** Messages of x/staking as a wallet makes them. Operators are valoper texts, rates 18-digit decimals as integers. */

export type Description = MsgCreateValidator["description"];

/** The value that an edit sends for an unchanged field. */
export const DESCRIPTION_KEPT = "[do-not-modify]";

/** The fields of MsgCreateValidator. */
export interface NewValidator {
  readonly operator: string;
  readonly publicKey: Bytes;
  readonly value: Coin;
  readonly description: Description;
  readonly commission: MsgCreateValidator["commission"];
  readonly minSelfDelegation: string;
}

/** MsgCreateValidator. */
export function createValidator(validator: NewValidator): AnyMessage {
  const { operator, publicKey, value, description, commission, minSelfDelegation } = validator;
  return cosmosAny(MsgCreateValidator, {
    description,
    commission,
    minSelfDelegation,
    delegatorAddress: "",
    validatorAddress: operator,
    pubkey: cosmosAny(PubKey, { key: publicKey }),
    value,
  });
}

/** MsgEditValidator. DESCRIPTION_KEPT keeps a field of the description. */
export function editValidator(message: MsgEditValidator): AnyMessage {
  return cosmosAny(MsgEditValidator, message);
}

/** MsgDelegate; only the operator's account may delegate. */
export function delegate(delegatorAddress: string, validatorAddress: string, amount: Coin): AnyMessage {
  return cosmosAny(MsgDelegate, { delegatorAddress, validatorAddress, amount });
}

/** MsgUndelegate; only the operator's account may undelegate. */
export function undelegate(delegatorAddress: string, validatorAddress: string, amount: Coin): AnyMessage {
  return cosmosAny(MsgUndelegate, { delegatorAddress, validatorAddress, amount });
}

/** MsgCancelUnbondingDelegation. */
export function cancelUnbonding(
  delegatorAddress: string,
  validatorAddress: string,
  amount: Coin,
  creationHeight: bigint,
): AnyMessage {
  return cosmosAny(MsgCancelUnbondingDelegation, { delegatorAddress, validatorAddress, amount, creationHeight });
}
