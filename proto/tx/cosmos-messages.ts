import { MsgMultiSend, MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import {
  MsgBeginRedelegate,
  MsgCancelUnbondingDelegation,
  MsgCreateValidator,
  MsgDelegate,
  MsgEditValidator,
  MsgUndelegate,
} from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { cosmos, type CosmosCodec, type CosmosType } from "../codec/cosmos.js";
import { fieldShape, type FieldShape } from "../codec/field-count.js";
import type { MessageName } from "../codec/message.js";
import { any, coins, leaf } from "./shape.js";

/**
 * Messages of the Cosmos SDK that this chain takes: how each is read, written and shown as JSON, and where it has messages
 * in it. A message row of a module has a type URL of this table or of our own schemas, or it does not compile.
 */
interface CosmosMessageRow<T> {
  readonly type: CosmosType<T>;
  readonly codec: CosmosCodec<T>;
  readonly shape: FieldShape;
}

const row = <T>(type: CosmosType<T>, shape: FieldShape): CosmosMessageRow<T> => ({ type, codec: cosmos(type), shape });

const party = coins(2);
const delegation = fieldShape({ 3: leaf, 4: leaf });

export const cosmosMessages = {
  "/cosmos.bank.v1beta1.MsgSend": row(MsgSend, coins(3)),
  "/cosmos.bank.v1beta1.MsgMultiSend": row(MsgMultiSend, fieldShape({ 1: party, 2: party })),
  "/cosmos.slashing.v1beta1.MsgUnjail": row(MsgUnjail, leaf),
  "/cosmos.staking.v1beta1.MsgCreateValidator": row(
    MsgCreateValidator,
    fieldShape({ 1: leaf, 2: leaf, 6: any(leaf), 7: leaf }),
  ),
  "/cosmos.staking.v1beta1.MsgEditValidator": row(MsgEditValidator, fieldShape({ 1: leaf })),
  "/cosmos.staking.v1beta1.MsgDelegate": row(MsgDelegate, delegation),
  "/cosmos.staking.v1beta1.MsgUndelegate": row(MsgUndelegate, delegation),
  "/cosmos.staking.v1beta1.MsgBeginRedelegate": row(MsgBeginRedelegate, delegation),
  "/cosmos.staking.v1beta1.MsgCancelUnbondingDelegation": row(MsgCancelUnbondingDelegation, delegation),
} as const;

export type CosmosMessageUrl = keyof typeof cosmosMessages;
export type CosmosMessage<U extends CosmosMessageUrl> =
  (typeof cosmosMessages)[U] extends CosmosMessageRow<infer T> ? T : never;

/** Names of transaction messages. */
export type MessageUrl = CosmosMessageUrl | `/${MessageName}`;
