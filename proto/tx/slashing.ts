import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import { cosmosAny } from "./build.js";
import type { AnyMessage } from "./decode.js";

/** @param operator valoper text; its account signs */
export function unjail(operator: string): AnyMessage {
  return cosmosAny(MsgUnjail, { validatorAddr: operator });
}
