import { Any } from "cosmjs-types/google/protobuf/any";
import { Tx as CosmosTx } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import type { Bytes } from "../bytes.js";
import { cosmos } from "../codec/cosmos.js";
import { refuse } from "../codec/json.js";
import { isJsonObject, type Json, type JsonObject } from "../codec/json-text.js";
import { isRejection, type Rejection } from "../rejection.js";
import { cosmosFromJson, cosmosToJson } from "./cosmos-json.js";
import type { AnyMessage, Tx } from "./decode.js";

/** A transaction as JSON: what REST answers, what `tx decode` prints, what `--generate-only` writes and `tx sign` reads. */
const cosmosTx = cosmos(CosmosTx);

/** {"@type", ...fields}; a type that is not known shows its bytes under "value". */
export function anyToJson(message: AnyMessage): JsonObject {
  return cosmosToJson(Any, { ...message });
}

/** Body, auth info and signatures of a received transaction. */
export function txToJson({ bytes }: Tx): JsonObject {
  return cosmosToJson(CosmosTx, CosmosTx.decode(bytes)); // A Tx was decoded from these bytes.
}

/** The transaction's bytes again; what JSON leaves out is a default. The caller decodes them, which checks the rest. */
export function txFromJson(json: Json): Bytes | Rejection {
  if (!isJsonObject(json) || !isJsonObject(json["body"]) || !isJsonObject(json["auth_info"])) {
    return refuse("tx", "an object with body and auth_info");
  }
  const tx = cosmosFromJson(CosmosTx, json);
  return isRejection(tx) ? tx : cosmosTx.encode(tx);
}
