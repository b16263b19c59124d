import type { Bytes } from "../../bytes.js";
import { utf8, utf8Text } from "../../bytes.js";
import { isJsonObject, parseJson, type Json, type JsonObject } from "../../codec/json-text.js";
import { parseAmount } from "../../amount.js";
import type { SignedVoucher } from "../../exchange/provider.js";
import { readTerms, type ProviderTerms } from "../../exchange/terms.js";
import {
  encodeHeader,
  paymentJson,
  readCeilingState,
  signedVoucherJson,
  X402_VERSION,
  x402Headers,
  type CeilingState,
  type Payment,
} from "../../exchange/x402.js";
import { isRejection, reject, type Rejection } from "../../rejection.js";
import { broken } from "./broken.js";
import { readAll } from "./bytes-of.js";
import { consumerErrors } from "./errors.js";
import type { Http, HttpAsk, Ports } from "./ports.js";

/** What a provider refused, as its error says. */
export interface Refusal {
  readonly status: number;
  /** "<codespace>/<name>", or what a server before the gateway says. */
  readonly code: string;
  readonly message: string;
}

/** Terms as they were offered, and as they read. */
export interface Offer {
  readonly accepted: JsonObject;
  readonly terms: ProviderTerms;
}

/** How long a provider may take for what needs no model, and for the headers of an answer. */
const SHORT_MS = 30_000;
/** Bytes of what is not an answer of a model: a sealed answer with its texts. */
const BODY_MAX = 32 * 1024 * 1024;

type Asked = Readonly<Pick<HttpAsk, "method">> & { readonly path: string; readonly json?: Json };

/** The routes of one gateway (proto/exchange/README.md). Failures of the network are consumer/broken. */
export class Gateway {
  readonly #url: string;
  readonly #ports: Ports;

  /** @param url without "/v1" at its end */
  constructor(url: string, ports: Ports) {
    this.#url = url;
    this.#ports = ports;
  }

  /** Asks a model. Resolves to whatever the provider answers, as soon as its headers are there. */
  async model(
    path: string,
    body: Bytes,
    { accepted, payment }: { readonly accepted: JsonObject; readonly payment: Payment },
    signal: AbortSignal,
  ): Promise<Response | Rejection> {
    const header = encodeHeader({ x402Version: X402_VERSION, accepted, payload: paymentJson(payment) });
    const headers = { "content-type": "application/json", [x402Headers.signature]: header };
    return await send(this.#ports.http, `${this.#url}${path}`, {
      ...{ method: "POST", headers, body, signal, redirect: "error" },
    });
  }

  /** Terms for a model and an account. */
  async terms(model: string, payer: string): Promise<Offer | Rejection | Refusal> {
    const query = `model=${encodeURIComponent(model)}&payer=${encodeURIComponent(payer)}`;
    const answer = await this.#short({ method: "GET", path: `/x402/terms?${query}` });
    if (isRejection(answer) || "status" in answer) return answer;
    return readOffer(answer.json);
  }

  /** The fate of a ceiling; one that never came becomes void. */
  async fate(payment: Payment & { readonly type: "voucher" }): Promise<CeilingState | Rejection | Refusal> {
    return this.#state({ method: "POST", path: "/x402/ceilings", json: paymentJson(payment) });
  }

  /** The state of a ceiling, with what a header could not hold. @param id hex */
  async state(id: string): Promise<CeilingState | Rejection | Refusal> {
    return this.#state({ method: "GET", path: `/x402/ceilings/${id}` });
  }

  async #state(asked: Asked): Promise<CeilingState | Rejection | Refusal> {
    const answer = await this.#short(asked);
    return isRejection(answer) || "status" in answer ? answer : readCeilingState(answer.json);
  }

  /** Hands a voucher over. @returns the nonce of the newest one that the provider holds */
  async settle(row: SignedVoucher): Promise<bigint | Rejection | Refusal> {
    const answer = await this.#short({ method: "POST", path: "/x402/settle", json: signedVoucherJson(row) });
    if (isRejection(answer) || "status" in answer) return answer;
    const nonce = isJsonObject(answer.json) ? answer.json["nonce"] : undefined;
    const value = typeof nonce === "string" ? parseAmount(nonce) : undefined;
    return (
      value ?? reject(consumerErrors.wrongAnswer, { field: "nonce", have: typeof nonce, need: "a decimal number" })
    );
  }

  /** A call whose body is JSON, in a time in which it must end. */
  async #short({ method, path, json }: Asked): Promise<{ readonly json: Json } | Rejection | Refusal> {
    const ends = new AbortController();
    const late = new AbortController();
    const waits = this.#ports.sleep(SHORT_MS, ends.signal).then(() => late.abort());
    try {
      const answer = await send(this.#ports.http, `${this.#url}${path}`, {
        method,
        headers: json === undefined ? {} : { "content-type": "application/json" },
        ...(json === undefined ? {} : { body: utf8(JSON.stringify(json)) }),
        signal: late.signal,
        redirect: "error",
      });
      if (isRejection(answer)) return answer;
      if (!answer.ok) return await refusalOf(answer);
      const bytes = await readAll(answer, BODY_MAX);
      if (isRejection(bytes)) return bytes;
      const value = parseJson(utf8Text(bytes) ?? "", JSON_DEPTH_MAX);
      if (!isRejection(value)) return { json: value };
      return reject(consumerErrors.wrongAnswer, { field: path.split("?")[0], have: value.name, need: "JSON" });
    } finally {
      ends.abort();
      await waits;
    }
  }
}

const JSON_DEPTH_MAX = 64;

/** A request on its way. What `fetch` throws is a connection that failed, except for bugs. */
async function send(http: Http, url: string, ask: HttpAsk): Promise<Response | Rejection> {
  try {
    return await http(url, ask);
  } catch (error) {
    return broken(error);
  }
}

/** Reads PAYMENT-REQUIRED's JSON: the one entry of ours. Rejects exchange/wrongTerms. */
export function readOffer(required: Json): Offer | Rejection {
  const accepts = isJsonObject(required) ? required["accepts"] : undefined;
  const first = Array.isArray(accepts) ? (accepts[0] as Json | undefined) : undefined;
  const terms = readTerms(first);
  if (isRejection(terms)) return terms;
  const { extra, ...rest } = first as JsonObject;
  const kept = Object.entries(extra as JsonObject).filter(([key]) => !NOT_ACCEPTED.includes(key));
  return { terms, accepted: { ...rest, extra: Object.fromEntries(kept) } };
}

/** Of one account or one request, and no part of what is agreed. */
const NOT_ACCEPTED = ["account", "channel", "request", "requestHash"];

/** Characters of a provider's sentence that are passed on. */
const MESSAGE_MAX = 500;
const ERROR_BODY_MAX = 64 * 1024;

/** The error that an answer other than 200 has. Whatever it holds, it is a refusal. */
export async function refusalOf(answer: Response): Promise<Refusal> {
  const { status } = answer;
  const bytes = await readAll(answer, ERROR_BODY_MAX);
  const value = isRejection(bytes) ? bytes : parseJson(utf8Text(bytes) ?? "", JSON_DEPTH_MAX);
  const error = !isRejection(value) && isJsonObject(value) ? value["error"] : undefined;
  const [code, message] = isJsonObject(error) ? [error["code"], error["message"]] : [];
  return {
    status,
    code: typeof code === "string" ? code.slice(0, 64) : `http/${status}`,
    message: typeof message === "string" ? message.slice(0, MESSAGE_MAX) : `the provider answered with ${status}`,
  };
}
