import { ceilingCodec, type Ceiling } from "../attribution/ceiling.js";
import { voucherCodec } from "../attribution/voucher.js";
import { fromBase64, toBase64 } from "../base64.js";
import { fromHex, utf8, utf8Text, type Bytes } from "../bytes.js";
import type { MessageCodec } from "../codec/message.js";
import { isJsonObject, parseJson, type Json, type JsonObject } from "../codec/json-text.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { exchangeErrors } from "./errors.js";
import { httpRequestCodec, type HttpRequest } from "./http-request.js";
import type { SignedVoucher } from "./provider.js";
import { sealedCodec, type Sealed } from "./sealed.js";

/**
 * x402 version 2, scheme batch-settlement, in the binding "tributary/1": headers are base64 of JSON, integers decimal strings,
 * messages of ours base64 of their canonical bytes, ids and hashes hex. What a header cannot hold stays behind a URL.
 */
export const X402_VERSION = 2;
/** The scheme of x402. */
export const X402_SCHEME = "batch-settlement";
/** The network binding of the scheme. */
export const X402_BINDING = "tributary/1";
/** Headers, by their names in lower case. */
export const x402Headers = {
  required: "payment-required",
  signature: "payment-signature",
  response: "payment-response",
} as const;
/** Characters of a header: Node's servers take 16,384 bytes of all headers together. */
export const X402_HEADER_MAX = 12_288;

/** The CAIP-2 name of a chain. */
export function networkOf(chainId: string): `${string}:${string}` {
  return `cosmos:${chainId}`;
}

/** A header's text. */
export function encodeHeader(value: Json): string {
  return toBase64(utf8(JSON.stringify(value)));
}

/** The object in a header. Rejects exchange/notMoney for a header that is too long, not base64, or not an object. */
export function decodeHeader(text: string): JsonObject | Rejection {
  const bytes = text.length <= X402_HEADER_MAX ? fromBase64(text) : undefined;
  const json = bytes === undefined ? undefined : utf8Text(bytes);
  const value = json === undefined ? undefined : parseJson(json);
  if (value !== undefined && !isRejection(value) && isJsonObject(value)) return value;
  return notMoney("header", `${text.length} characters`, `base64 of a JSON object, at most ${X402_HEADER_MAX}`);
}

/** What a consumer sends with a request, in the header PAYMENT-SIGNATURE as `payload`. */
export type Payment =
  | {
      readonly type: "voucher";
      readonly ceiling: Ceiling;
      /** 64 bytes, of the consumer's account key. */
      readonly ceilingSignature: Bytes;
      readonly request: HttpRequest;
      /** A voucher that the provider may not have yet. */
      readonly voucher: SignedVoucher | undefined;
    }
  /** A signed transaction with MsgOpenChannel or MsgTopUpChannel, for a consumer without a node. */
  | { readonly type: "deposit"; readonly tx: Bytes }
  /** The last voucher, and a signed transaction with MsgCloseChannel. */
  | { readonly type: "refund"; readonly voucher: SignedVoucher | undefined; readonly tx: Bytes };

/** The JSON of a payment. */
export function paymentJson(payment: Payment): JsonObject {
  if (payment.type === "deposit") return { type: payment.type, tx: toBase64(payment.tx) };
  const voucher = signedVoucherJson(payment.voucher);
  if (payment.type === "refund") return { type: payment.type, ...voucher, tx: toBase64(payment.tx) };
  return {
    type: payment.type,
    ceiling: toBase64(ceilingCodec.encode(payment.ceiling)),
    ceilingSignature: toBase64(payment.ceilingSignature),
    request: toBase64(httpRequestCodec.encode(payment.request)),
    ...voucher,
  };
}

/** A voucher as JSON: two fields, or none. */
export function signedVoucherJson(row: SignedVoucher | undefined): JsonObject {
  if (row?.voucher === undefined) return {};
  return { voucher: toBase64(voucherCodec.encode(row.voucher)), voucherSignature: toBase64(row.signature) };
}

/** Reads a payment. Rejects exchange/notMoney with the first invalid field. */
export function readPayment(payload: Json | undefined): Payment | Rejection {
  if (!isJsonObject(payload)) return notMoney("payload", "nothing", "an object");
  const { type } = payload;
  if (type === "deposit") {
    const tx = bytesOf(payload, "tx");
    return isRejection(tx) ? tx : { type, tx };
  }
  if (type !== "voucher" && type !== "refund") return notMoney("type", type, "voucher, deposit or refund");
  const voucher = readSignedVoucher(payload);
  if (isRejection(voucher)) return voucher;
  if (type === "refund") {
    const tx = bytesOf(payload, "tx");
    return isRejection(tx) ? tx : { type, voucher, tx };
  }
  const ceiling = messageOf(payload, "ceiling", ceilingCodec);
  if (isRejection(ceiling)) return ceiling;
  const ceilingSignature = bytesOf(payload, "ceilingSignature");
  if (isRejection(ceilingSignature)) return ceilingSignature;
  const request = messageOf(payload, "request", httpRequestCodec);
  return isRejection(request) ? request : { type, ceiling, ceilingSignature, request, voucher };
}

/** Reads a voucher; undefined if neither field is there. */
export function readSignedVoucher(object: JsonObject): SignedVoucher | undefined | Rejection {
  if (object["voucher"] === undefined && object["voucherSignature"] === undefined) return undefined;
  const voucher = messageOf(object, "voucher", voucherCodec);
  if (isRejection(voucher)) return voucher;
  const signature = bytesOf(object, "voucherSignature");
  return isRejection(signature) ? signature : { voucher, signature };
}

/** How a ceiling has ended, or that it has not: the body of `/x402/ceilings/<id>`, and `extra` of PAYMENT-RESPONSE. */
export type CeilingState =
  | { readonly state: "running" | "void"; readonly ceilingId: string }
  | {
      readonly state: "receipt";
      readonly ceilingId: string;
      /** Absent where a header could not hold it: `/x402/ceilings/<id>` has it. */
      readonly sealed: Sealed | undefined;
    };

/** The JSON of a ceiling's state. */
export function ceilingStateJson(state: CeilingState): JsonObject {
  const { ceilingId } = state;
  if (state.state !== "receipt") return { ceilingId, state: state.state };
  if (state.sealed === undefined) return { ceilingId, state: state.state };
  const fee = state.sealed.receipt?.fee ?? 0n;
  return {
    ...{ ceilingId, state: state.state, chargedAmount: fee.toString() },
    sealed: toBase64(sealedCodec.encode(state.sealed)),
  };
}

/** Reads a ceiling's state. Rejects exchange/notMoney. */
export function readCeilingState(value: Json | undefined): CeilingState | Rejection {
  if (!isJsonObject(value)) return notMoney("ceiling", "nothing", "an object");
  const { state, ceilingId } = value;
  if (typeof ceilingId !== "string" || fromHex(ceilingId)?.length !== 32) {
    return notMoney("ceilingId", ceilingId, "64 hex digits");
  }
  if (state === "running" || state === "void") return { state, ceilingId };
  if (state !== "receipt") return notMoney("state", state, "running, void or receipt");
  const sealed = value["sealed"] === undefined ? undefined : messageOf(value, "sealed", sealedCodec);
  return isRejection(sealed) ? sealed : { state, ceilingId, sealed };
}

/** A comment line of an event stream, which every client skips, before `[DONE]`: the state of the ceiling. */
export const RECEIPT_COMMENT = "tributary-receipt ";

function messageOf<T>(object: JsonObject, field: string, codec: MessageCodec<T>): T | Rejection {
  const bytes = bytesOf(object, field);
  if (isRejection(bytes)) return bytes;
  const value = codec.decode(bytes);
  return isRejection(value) ? notMoney(field, value.name, `base64 of a canonical ${codec.name}`) : value;
}

function bytesOf(object: JsonObject, field: string): Bytes | Rejection {
  const value = object[field];
  const bytes = typeof value === "string" ? fromBase64(value) : undefined;
  return bytes ?? notMoney(field, typeof value, "base64");
}

function notMoney(field: string, have: unknown, need: string): Rejection {
  return reject(exchangeErrors.notMoney, { field, have, need });
}
