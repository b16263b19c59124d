import type { IncomingMessage, ServerResponse } from "node:http";
import { equalBytes, type Bytes } from "#proto/bytes.js";
import { DEFAULT_MARKING, checkHttpRequest, httpRequestOf } from "#proto/exchange/http-request.js";
import { readBody, type AskedBody } from "#proto/exchange/openai/body.js";
import { problem, problemOf, type Problem } from "#proto/exchange/openai/problem.js";
import { decodeHeader, readPayment, x402Headers, type Payment } from "#proto/exchange/x402.js";
import { isRejection } from "#proto/rejection.js";
import type { Desk } from "../answer/desk.js";
import type { ModelOffer } from "../answer/offer.js";
import type { Channels } from "../chain/channels.js";
import { deliverRunning, deliverSealed } from "./deliver.js";
import { isProblem, readBytes } from "./read-body.js";
import { paymentRequired, sendProblem } from "./respond.js";
import type { Terms } from "./terms.js";

export interface AskDeps {
  readonly chainId: string;
  readonly desk: Desk;
  readonly terms: Terms;
  readonly channels: Channels;
  readonly offers: ReadonlyMap<string, ModelOffer>;
  readonly bodyBytesMax: number;
}

type VoucherPayment = Extract<Payment, { readonly type: "voucher" }>;

/** Answers a request of OpenAI's surface, or says what is to be paid for it. @param path without its query */
export async function answerAsk(
  deps: AskDeps,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const bytes = await readBytes(request, deps.bodyBytesMax);
  if (isProblem(bytes)) return sendProblem(response, bytes);
  const payment = paymentOf(request);
  if (payment !== undefined && isRefusal(payment)) return sendProblem(response, payment);
  const marking = payment?.request.marking ?? DEFAULT_MARKING;
  const wrong = payment === undefined ? undefined : otherRequest(payment, path, request, bytes);
  if (wrong !== undefined) return sendProblem(response, wrong);
  const body = readBody(path, bytes, marking);
  if (isRejection(body)) return sendProblem(response, problemOf(body));
  const offer = deps.offers.get(body.model);
  if (offer === undefined) return sendProblem(response, unknownModel(body.model));
  const url = request.url ?? path;
  if (payment === undefined) return await askForPayment(deps, url, bytes, body, offer, response);
  const admitted = await deps.desk.ask(payment, body, offer);
  if (admitted.kind === "refused") {
    if (admitted.problem.status !== 402) return sendProblem(response, admitted.problem);
    const { code } = admitted.problem.body.error;
    const terms = await deps.terms.of(offer, body, deps.channels.get(payment.ceiling.channelId)?.chain.consumer);
    return sendProblem(response, admitted.problem, paymentRequired(code, url, [terms]));
  }
  const payer = deps.channels.get(payment.ceiling.channelId)!.chain.consumer;
  const reader = { chainId: deps.chainId, payer };
  if (admitted.kind === "running") await deliverRunning(admitted.answer, reader, response);
  else deliverSealed(admitted.row, admitted.wire, body.stream, reader, response);
}

/** A model that is not offered. */
export function unknownModel(name: string): Problem {
  return problem(
    404,
    "model_not_found",
    `the model ${name} is not offered here: GET /v1/models lists those that are`,
    "model",
  );
}

/** Undefined without a payment. */
function paymentOf(request: IncomingMessage): VoucherPayment | Problem | undefined {
  const header = request.headers[x402Headers.signature];
  if (typeof header !== "string") return undefined;
  const object = decodeHeader(header);
  if (isRejection(object)) return problemOf(object);
  const payment = readPayment(object["payload"]);
  if (isRejection(payment)) return problemOf(payment);
  if (payment.type === "voucher") return payment;
  return problem(400, "wrong_payment", `a ${payment.type} goes to /x402/${payment.type}, not with a request`);
}

function isRefusal(value: VoucherPayment | Problem): value is Problem {
  return "status" in value;
}

/** The error for a payment whose ceiling binds another request than the one that came. */
function otherRequest(
  payment: VoucherPayment,
  path: string,
  request: IncomingMessage,
  bytes: Bytes,
): Problem | undefined {
  const bound = payment.request;
  const refused = checkHttpRequest(bound);
  if (refused !== undefined) return problemOf(refused);
  const came = httpRequestOf("POST", request.url ?? path, bytes, {
    marking: bound.marking ?? DEFAULT_MARKING,
    datanets: bound.datanets,
  });
  const isSame = bound.method === came.method && bound.path === came.path && equalBytes(bound.bodyHash, came.bodyHash);
  if (isSame) return undefined;
  return problem(402, "other_request", "the ceiling is for another method, path or body than the request that came");
}

async function askForPayment(
  { terms }: AskDeps,
  url: string,
  bytes: Bytes,
  body: AskedBody,
  offer: ModelOffer,
  response: ServerResponse,
): Promise<void> {
  const datanets = [...(offer.passages?.datanets ?? [])];
  const request = httpRequestOf("POST", url, bytes, { marking: DEFAULT_MARKING, datanets });
  const accepts = await terms.ofRequest(offer, body, request);
  const why =
    "this answer is paid for through a channel: send PAYMENT-SIGNATURE, as tribd consumer and tributary/x402 do";
  sendProblem(response, problem(402, "payment_required", why), paymentRequired("unpaid_answers", url, [accepts]));
}
