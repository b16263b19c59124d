import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import { cosmos } from "../codec/cosmos.js";
import type { AnyMessage } from "./decode.js";

const codec = cosmos(MsgUnjail);

/** @param operator valoper text; its account signs */
export function unjail(operator: string): AnyMessage {
  return { typeUrl: MsgUnjail.typeUrl, value: codec.encode({ validatorAddr: operator }) };
}
