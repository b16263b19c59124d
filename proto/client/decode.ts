import { fromBase64 } from "../base64.js";
import { fromHex, type Bytes } from "../bytes.js";
import type { EventJson, TxJson, TxResultJson } from "../rpc/results.js";
import { BadAnswer } from "./transport.js";

/** Decodes CometBFT JSON. Throws BadAnswer naming the field if the answer is malformed. */

/** An event of a transaction or block. */
export interface ClientEvent {
  readonly type: string;
  readonly attributes: readonly { readonly key: string; readonly value: string }[];
}
/** Result of a transaction; a code above 0 means that it failed. */
export interface ClientTxResult {
  readonly code: number;
  readonly codespace: string;
  readonly data: Bytes;
  readonly log: string;
  readonly gasWanted: bigint;
  readonly gasUsed: bigint;
  readonly events: readonly ClientEvent[];
}
/** A committed transaction and its result. */
export interface ClientTx {
  readonly hash: Bytes;
  readonly height: bigint;
  readonly index: number;
  readonly tx: Bytes;
  readonly result: ClientTxResult;
}

/** A decimal integer; BadAnswer otherwise. @param field name for the message */
export function integer(field: string, text: unknown): bigint {
  if (typeof text !== "string" || !/^-?[0-9]{1,20}$/.test(text)) throw new BadAnswer(`${field} is not an integer`);
  return BigInt(text);
}

/** Decodes hex; BadAnswer otherwise. */
export function hex(field: string, text: unknown): Bytes {
  const bytes = typeof text === "string" ? fromHex(text) : undefined;
  if (bytes === undefined) throw new BadAnswer(`${field} is not hex`);
  return bytes;
}

/** Decodes base64; null and absent are empty, as Go writes them. BadAnswer otherwise. */
export function base64(field: string, text: unknown): Bytes {
  if (text === null || text === undefined) return new Uint8Array(0);
  const bytes = typeof text === "string" ? fromBase64(text) : undefined;
  if (bytes === undefined) throw new BadAnswer(`${field} is not base64`);
  return bytes;
}

/** An event from CometBFT's JSON. */
export function decodeEvent({ type, attributes }: EventJson): ClientEvent {
  return { type, attributes: attributes.map(({ key, value }) => ({ key, value })) };
}

/** A result from CometBFT's JSON; BadAnswer names the field that is wrong. */
export function decodeTxResult(json: TxResultJson): ClientTxResult {
  return {
    code: json.code,
    codespace: json.codespace,
    data: base64("tx_result.data", json.data),
    log: json.log,
    gasWanted: integer("tx_result.gas_wanted", json.gas_wanted),
    gasUsed: integer("tx_result.gas_used", json.gas_used),
    events: json.events.map(decodeEvent),
  };
}

/** A transaction from CometBFT's JSON; BadAnswer names the field that is wrong. */
export function decodeTx(json: TxJson): ClientTx {
  return {
    hash: hex("tx.hash", json.hash),
    height: integer("tx.height", json.height),
    index: json.index,
    tx: base64("tx.tx", json.tx),
    result: decodeTxResult(json.tx_result),
  };
}
