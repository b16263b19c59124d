import { PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import {
  MsgCancelUnbondingDelegation,
  MsgCreateValidator,
  MsgDelegate,
  MsgEditValidator,
  MsgUndelegate,
} from "cosmjs-types/cosmos/staking/v1beta1/tx";
import type { Bytes } from "../bytes.js";
import { cosmos } from "../codec/cosmos.js";
import type { AnyMessage, Coin } from "./decode.js";

/** Messages of x/staking as a wallet makes them. Operators are valoper texts, rates 18-digit decimals as integers. */

const codecs = {
  create: cosmos(MsgCreateValidator),
  edit: cosmos(MsgEditValidator),
  delegate: cosmos(MsgDelegate),
  undelegate: cosmos(MsgUndelegate),
  cancel: cosmos(MsgCancelUnbondingDelegation),
};
const ed25519 = cosmos(PubKey);

export type Description = MsgCreateValidator["description"];

/** What an edit sends for a field that stays. */
export const DESCRIPTION_KEPT = "[do-not-modify]";

export interface NewValidator {
  readonly operator: string;
  readonly publicKey: Bytes;
  readonly value: Coin;
  readonly description: Description;
  readonly commission: MsgCreateValidator["commission"];
  readonly minSelfDelegation: string;
}

export function createValidator(validator: NewValidator): AnyMessage {
  const { operator, publicKey, value, description, commission, minSelfDelegation } = validator;
  const pubkey = { typeUrl: PubKey.typeUrl, value: ed25519.encode({ key: publicKey }) };
  return {
    typeUrl: MsgCreateValidator.typeUrl,
    value: codecs.create.encode({
      description,
      commission,
      minSelfDelegation,
      delegatorAddress: "",
      validatorAddress: operator,
      pubkey,
      value,
    }),
  };
}

export function editValidator(message: MsgEditValidator): AnyMessage {
  return { typeUrl: MsgEditValidator.typeUrl, value: codecs.edit.encode(message) };
}

export function delegate(delegatorAddress: string, validatorAddress: string, amount: Coin): AnyMessage {
  return {
    typeUrl: MsgDelegate.typeUrl,
    value: codecs.delegate.encode({ delegatorAddress, validatorAddress, amount }),
  };
}

export function undelegate(delegatorAddress: string, validatorAddress: string, amount: Coin): AnyMessage {
  return {
    typeUrl: MsgUndelegate.typeUrl,
    value: codecs.undelegate.encode({ delegatorAddress, validatorAddress, amount }),
  };
}

export function cancelUnbonding(
  delegatorAddress: string,
  validatorAddress: string,
  amount: Coin,
  creationHeight: bigint,
): AnyMessage {
  const value = codecs.cancel.encode({ delegatorAddress, validatorAddress, amount, creationHeight });
  return { typeUrl: MsgCancelUnbondingDelegation.typeUrl, value };
}
