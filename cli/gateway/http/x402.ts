import type { IncomingMessage, ServerResponse } from "node:http";
import { isJsonObject, parseJson, type JsonObject } from "#proto/codec/json-text.js";
import { fromHex, utf8Text } from "#proto/bytes.js";
import { fromBase64 } from "#proto/base64.js";
import type { Client } from "#proto/client/index.js";
import { problem, problemOf, type Problem } from "#proto/exchange/openai/problem.js";
import { ceilingStateJson, readPayment, readSignedVoucher, type CeilingState } from "#proto/exchange/x402.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import type { Desk } from "../answer/desk.js";
import type { ModelOffer } from "../answer/offer.js";
import type { Channels, Provider } from "../chain/channels.js";
import { unknownModel } from "./ask.js";
import { isProblem, readBytes } from "./read-body.js";
import { paymentRequired, sendJson, sendProblem } from "./respond.js";
import type { Terms } from "./terms.js";
import { broadcast, readChannelTx, type ChannelTx } from "./transactions.js";

export interface X402Deps {
  readonly node: Client;
  readonly provider: Provider;
  readonly desk: Desk;
  readonly terms: Terms;
  readonly channels: Channels;
  readonly offers: ReadonlyMap<string, ModelOffer>;
  readonly world: { now(): number; sleep(milliseconds: number): Promise<void> };
}

/** A ceiling with its request and a voucher: less than a header. */
const BODY_BYTES_MAX = 65_536;
const INCLUSION_MS = 60_000;
const PAYER = /^[a-z0-9]{1,20}1[a-z0-9]{38,70}$/;

type Handler = (deps: X402Deps, request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** Handlers by method and path; ceilings have their id behind the path. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  "GET /x402/terms": tellTerms,
  "GET /x402/ceilings": tellCeiling,
  "DELETE /x402/ceilings": cancelCeiling,
  "POST /x402/ceilings": tellFate,
  "POST /x402/settle": settle,
  "POST /x402/deposit": (deps, request, response) => transact(deps, request, response, ["open", "top_up"]),
  "POST /x402/refund": (deps, request, response) => transact(deps, request, response, ["close"]),
};

/** Answers a request below /x402. */
export async function answerX402(
  deps: X402Deps,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const path = url.pathname.replace(/^(\/x402\/ceilings)\/[^/]*$/, "$1");
  const handler = HANDLERS[`${request.method ?? ""} ${path}`];
  if (handler === undefined) return sendProblem(response, problem(404, "not_found", `${path} is not served`));
  await handler(deps, request, response, url);
}

async function tellTerms(
  { terms, offers }: X402Deps,
  _: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const name = url.searchParams.get("model") ?? "";
  const offer = offers.get(name);
  if (offer === undefined) return sendProblem(response, unknownModel(name.slice(0, 64)));
  const payer = url.searchParams.get("payer") ?? undefined;
  if (payer !== undefined && !PAYER.test(payer)) {
    return sendProblem(response, problem(400, "wrong_payer", "payer must be an address", "payer"));
  }
  sendJson(response, 200, paymentRequired("terms", url.pathname, [await terms.of(offer, undefined, payer)]));
}

function idOf(url: URL): string {
  return url.pathname.split("/").at(-1) ?? "";
}

async function tellCeiling({ desk }: X402Deps, _: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  sendState(response, await Promise.resolve(desk.state(idOf(url))));
}

async function cancelCeiling(
  { desk }: X402Deps,
  _: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const id = idOf(url);
  // Only who has the ceiling knows its id: it is the hash of what its consumer signed.
  if (fromHex(id)?.length !== 32) return sendProblem(response, problem(400, "wrong_id", "an id has 64 hex digits"));
  sendState(response, await desk.cancel(id));
}

async function tellFate({ desk }: X402Deps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readObject(request, response);
  if (body === undefined) return;
  const payment = readPayment(body);
  if (isRejection(payment)) return sendProblem(response, problemOf(payment));
  if (payment.type !== "voucher") {
    return sendProblem(response, problem(400, "wrong_payment", "a payment of type voucher is needed", "type"));
  }
  sendState(response, await desk.fate(payment));
}

async function settle({ desk }: X402Deps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readObject(request, response);
  if (body === undefined) return;
  const voucher = readSignedVoucher(body);
  if (isRejection(voucher)) return sendProblem(response, problemOf(voucher));
  if (voucher === undefined) return sendProblem(response, problem(400, "no_voucher", "a voucher is needed", "voucher"));
  const newest = await desk.pay(voucher);
  if (isRejection(newest)) return sendProblem(response, problemOf(newest));
  const { nonce = 0n, amount = 0n } = newest?.voucher ?? {};
  sendJson(response, 200, { nonce: nonce.toString(), amount: amount.toString() });
}

/** Takes a transaction about a channel of this provider, with the last voucher if there is one. */
async function transact(
  deps: X402Deps,
  request: IncomingMessage,
  response: ServerResponse,
  kinds: readonly ChannelTx["kind"][],
): Promise<void> {
  const body = await readObject(request, response);
  if (body === undefined) return;
  const bytes = typeof body["tx"] === "string" ? fromBase64(body["tx"]) : undefined;
  if (bytes === undefined) {
    return sendProblem(response, problem(400, "no_transaction", "base64 of one is needed", "tx"));
  }
  const tx = readChannelTx(bytes, kinds, deps.provider.address);
  if ("status" in tx) return sendProblem(response, tx);
  const offer = offerOf(deps, tx);
  if ("status" in offer) return sendProblem(response, offer);
  const voucher = readSignedVoucher(body);
  const paid = isRejection(voucher) || voucher === undefined ? voucher : await deps.desk.pay(voucher);
  if (isRejection(paid)) return sendProblem(response, problemOf(paid));
  const refused = await broadcast(deps.node, tx, deps.world, INCLUSION_MS);
  if (refused !== undefined) return sendProblem(response, refused);
  await deps.channels.readAll();
  sendJson(
    response,
    200,
    paymentRequired("terms", request.url ?? "", [await deps.terms.of(offer, undefined, tx.consumer)]),
  );
}

/** The model that the transaction's channel is for. */
function offerOf({ channels, offers }: X402Deps, { channelId, versionId, consumer }: ChannelTx): ModelOffer | Problem {
  const chain = channelId === undefined ? undefined : channels.get(channelId)?.chain;
  if (channelId !== undefined && chain?.consumer !== consumer) {
    return problem(402, "unknown_channel", `channel ${channelId} is not one of ${consumer} to this provider`, "tx");
  }
  const wanted = chain?.versionId ?? versionId;
  const offer = [...offers.values()].find((each) => each.versionId === wanted);
  return offer ?? problem(402, "version_not_offered", `version ${wanted} is not offered here`, "tx");
}

function sendState(response: ServerResponse, state: CeilingState | Rejection): void {
  if (isRejection(state)) sendProblem(response, problemOf(state));
  else sendJson(response, 200, ceilingStateJson(state));
}

/** Undefined once an error was sent. */
async function readObject(request: IncomingMessage, response: ServerResponse): Promise<JsonObject | undefined> {
  const bytes = await readBytes(request, BODY_BYTES_MAX);
  if (isProblem(bytes)) return void sendProblem(response, bytes);
  const text = utf8Text(bytes);
  const value = text === undefined ? undefined : parseJson(text);
  if (value !== undefined && !isRejection(value) && isJsonObject(value)) return value;
  return void sendProblem(response, problem(400, "not_json", "a JSON object is needed"));
}
