import { toHex } from "#proto/bytes.js";
import type { ClientTx } from "#proto/client/index.js";
import { cosmos } from "#proto/codec/cosmos.js";
import { isJsonObject, type Json, type JsonObject } from "#proto/codec/json-text.js";
import { isRejection } from "#proto/rejection.js";
import { cosmosToJson } from "#proto/tx/cosmos-json.js";
import { Tx } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { messageWords, type MessageWords } from "../present/messages.js";

/** A transaction decoded for people. */
export interface TxView {
  readonly hash: string;
  readonly json: JsonObject | undefined;
  readonly messages: readonly MessageWords[];
  readonly bodies: readonly Json[];
  readonly memo: string;
  readonly fee: readonly { readonly denom: string; readonly amount: string }[];
  readonly payer: string | undefined;
}

const codec = cosmos(Tx);

export function viewOf({ hash, tx, result }: ClientTx): TxView {
  const decoded = codec.decode(tx);
  const json = isRejection(decoded) ? undefined : cosmosToJson(Tx, decoded);
  const body = isJsonObject(json?.["body"]) ? json["body"] : {};
  const auth = isJsonObject(json?.["auth_info"]) ? json["auth_info"] : {};
  const fee = isJsonObject(auth["fee"]) ? auth["fee"] : {};
  const bodies = listOf(body["messages"]);
  return {
    hash: toHex(hash).toUpperCase(),
    json,
    messages: bodies.map(messageWords),
    bodies,
    memo: String(body["memo"] ?? ""),
    fee: listOf(fee["amount"]).flatMap((coin) =>
      isJsonObject(coin) ? [{ denom: String(coin["denom"]), amount: String(coin["amount"]) }] : [],
    ),
    payer: attributeOf(result.events, "tx", "fee_payer"),
  };
}

const listOf = (json: Json | undefined): readonly Json[] => (Array.isArray(json) ? json : []);

export function attributeOf(events: ClientTx["result"]["events"], type: string, key: string): string | undefined {
  return events
    .filter((event) => event.type === type)
    .flatMap(({ attributes }) => attributes)
    .find((attribute) => attribute.key === key)?.value;
}
