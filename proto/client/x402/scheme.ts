import { parseAmount } from "../../amount.js";
import { accountAddress, secp256k1PublicKey } from "../../crypto/secp256k1.js";
import { toBech32 } from "../../crypto/address.js";
import type { Bytes } from "../../bytes.js";
import type { Json } from "../../codec/json-text.js";
import { isJsonObject } from "../../codec/json-text.js";
import { Fault } from "../../fault.js";
import { exchangeErrors } from "../../exchange/errors.js";
import { decodeHeader, encodeHeader, networkOf, X402_SCHEME, x402Headers } from "../../exchange/x402.js";
import { DEFAULT_MARKING } from "../../exchange/http-request.js";
import { isRejection, reject, rejectionText, type Rejection } from "../../rejection.js";
import { Budget, type Caps } from "../consumer/budget.js";
import { Channels, type Books } from "../consumer/channels.js";
import { ChainFacts } from "../consumer/facts.js";
import { readOffer } from "../consumer/gateway.js";
import { MemoryBooks } from "../consumer/memory-books.js";
import type { Policy } from "../consumer/policy.js";
import { Pool, type Deposits } from "../consumer/pool.js";
import type { Ports } from "../consumer/ports.js";
import { problemResponse, rejectionProblem } from "../consumer/responses.js";
import { Wallet, type GasPrice } from "../consumer/wallet.js";
import type { Client } from "../index.js";
import { bytesOf, gatewayOf, PendingRequests, type PendingRequest } from "./pending.js";
import { platform } from "./platform.js";
import type { DefaultAsset, PaymentContext, PaymentPayloadResult, PaymentRequirements } from "./types.js";

/** What a scheme is made of. Amounts are base units of the asset. */
export interface TributarySchemeOptions {
  /** 32 bytes, of an account that has coins. */
  readonly secretKey: Bytes;
  /** A node of the chain that its owner trusts: terms, prices and channels are checked against it. */
  readonly node: Client;
  /** Where rows are kept: without it they end with the program, and the channel with them. */
  readonly books?: Books;
  readonly policy?: Partial<Policy>;
  readonly caps?: Caps;
  readonly deposits?: Deposits;
  readonly gasPrice?: GasPrice;
  /** Of addresses. */
  readonly prefix?: string;
  /** What spend controls are told of the denomination of fees. */
  readonly asset?: DefaultAsset;
  readonly ports?: Ports;
  readonly onNote?: (text: string, why?: Rejection) => void;
}

const ASSET: DefaultAsset = { asset: "utrib", decimals: 6, symbol: "TRIB" };
const POLICY: Policy = {
  requestMax: 1_000_000n,
  answerTokens: 1_024,
  addedTokens: 2_048,
  marking: DEFAULT_MARKING,
  datanets: [],
  openAll: false,
};
const CAPS: Caps = { day: 100_000_000n, versions: new Map() };
const DEPOSITS: Deposits = { deposit: 10_000_000n, least: 2_000_000n };
const GAS_PRICE: GasPrice = { numerator: 25n, denominator: 10_000n, denom: ASSET.asset };
/** Names the request of a payment, from the 402 to the second call. */
const REQUEST = "tributaryRequest";

/** A payment that cannot be made. */
export class PaymentFault extends Fault<"payment"> {
  constructor(why: string) {
    super("payment", why);
  }
}

/**
 * Pays gateways over x402: `new x402Client().register("cosmos:*", scheme)` and `wrapFetchWithPayment(scheme.fetch, client)`.
 * The payment client sees neither body nor answer, so `scheme.fetch` has to be the inner one: it checks both, and repeats a
 * request under the same ceiling.
 */
export class TributaryScheme {
  readonly scheme = X402_SCHEME;
  readonly #options: TributarySchemeOptions;
  readonly #ports: Ports;
  readonly #asset: DefaultAsset;
  readonly #pending = new PendingRequests();
  #pool: Promise<Pool> | undefined;
  #fault: unknown;

  constructor(options: TributarySchemeOptions) {
    this.#options = options;
    this.#ports = options.ports ?? platform;
    this.#asset = options.asset ?? ASSET;
  }

  /** So that spend controls know the asset: their cap then applies in its own unit. */
  readonly findDefaultAsset = (asset: string, network: string): DefaultAsset | undefined =>
    network.startsWith("cosmos:") && asset === this.#asset.asset ? this.#asset : undefined;

  /** Names the request that is paid for. The ceiling is signed and written in `fetch`, which sees the request. */
  readonly createPaymentPayload = (
    x402Version: number,
    { extra, amount }: PaymentRequirements,
    context: PaymentContext = {},
  ): Promise<PaymentPayloadResult> => {
    const request = this.#pending.get(extra[REQUEST]);
    if (request === undefined) {
      const fix = "wrap the scheme's own fetch: wrapFetchWithPayment(scheme.fetch, client)";
      return Promise.reject(new PaymentFault(`the request of this payment is not known: ${fix}`));
    }
    const caps = [amount, context.maxAmountPerPayment ?? amount].map((text) => parseAmount(text) ?? 0n);
    request.most = caps.reduce((a, b) => (a < b ? a : b));
    return Promise.resolve({ x402Version, payload: { [REQUEST]: extra[REQUEST] } });
  };

  /** The fetch to wrap. Whatever is not a gateway of this binding passes through. */
  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const header = request.headers.get(x402Headers.signature);
    if (header === null) return await this.#first(request);
    const signed = decodeHeader(header);
    const payload = isRejection(signed) ? undefined : signed["payload"];
    const pending = isJsonObject(payload) ? this.#pending.get(payload[REQUEST]) : undefined;
    return pending === undefined ? await this.#pass(request) : await this.#paid(pending, request.signal);
  };

  async #pass(request: Request): Promise<Response> {
    const body = request.body === null ? undefined : await bytesOf(request);
    const { method, signal } = request;
    const headers = Object.fromEntries(request.headers);
    return await this.#ports.http(request.url, {
      method: method as "GET" | "POST" | "DELETE",
      headers,
      ...(body === undefined ? {} : { body }),
      signal,
      redirect: "error",
    });
  }

  /** The first call is answered 402: its terms go on with the name of the request. */
  async #first(request: Request): Promise<Response> {
    const at = gatewayOf(request.url);
    const answer = await this.#pass(request);
    const header = answer.headers.get(x402Headers.required);
    if (answer.status !== 402 || header === null || at === undefined) return answer;
    const required = decodeHeader(header);
    const offer = isRejection(required) ? required : readOffer(required);
    if (isRejection(required) || isRejection(offer)) return answer;
    const { terms } = offer;
    const { headers } = request;
    const ask = {
      path: at.path,
      body: await bytesOf(request),
      retryCount: Number(parseAmount(headers.get("x-stainless-retry-count") ?? "0") ?? 0n),
      idempotencyKey: headers.get("idempotency-key") ?? "",
    };
    const place = { provider: terms.payTo, versionId: terms.versionId, url: at.url };
    const name = this.#pending.add(place, terms.chainId, ask, terms.feeMax);
    const [first] = required["accepts"] as readonly Json[];
    const accepted = first as Readonly<Record<string, Json>>;
    const extra = { ...(accepted["extra"] as Readonly<Record<string, Json>>), [REQUEST]: name };
    const named = encodeHeader({ ...required, accepts: [{ ...accepted, extra }] });
    const kept = new Headers(answer.headers);
    kept.set(x402Headers.required, named);
    return new Response(answer.body, { status: 402, headers: kept });
  }

  async #paid({ place, chainId, ask, most }: PendingRequest, signal: AbortSignal): Promise<Response> {
    const pool = await this.#opened(chainId);
    const answer = isRejection(pool) ? pool : await pool.ask(place, { ...ask, most, signal });
    if (isRejection(answer)) return problemResponse(rejectionProblem(answer));
    if (this.#fault !== undefined) throw this.#fault;
    if (answer.ok) answer.headers.set(x402Headers.response, this.#response(chainId));
    return answer;
  }

  /** The receipt itself is in the book. */
  #response(chainId: string): string {
    const network = networkOf(chainId);
    return encodeHeader({ success: true, transaction: "", network, payer: this.address, amount: "" });
  }

  /** Of the account that pays. */
  get address(): string {
    const { secretKey, prefix } = this.#options;
    return toBech32(prefix ?? "trib", accountAddress(secp256k1PublicKey(secretKey)));
  }

  /** One chain a scheme: that of its node. */
  async #opened(chainId: string): Promise<Pool | Rejection> {
    const { node } = this.#options;
    const status = await node.status();
    if (status.chainId !== chainId) {
      return reject(exchangeErrors.wrongTerms, { field: "network", have: chainId, need: status.chainId });
    }
    this.#pool ??= this.#open(chainId);
    this.#pool.catch(() => (this.#pool = undefined)); // The next request tries again; this one sees why.
    return await this.#pool;
  }

  #open(chainId: string): Promise<Pool> {
    const { secretKey, node, policy, caps, deposits, gasPrice, prefix, onNote } = this.#options;
    const ports = this.#ports;
    const books = this.#options.books ?? new MemoryBooks();
    const facts = new ChainFacts(node, ports.now);
    const price = gasPrice ?? { ...GAS_PRICE, denom: this.#asset.asset };
    const wallet = new Wallet({ node, chainId, prefix: prefix ?? "trib", secretKey, gasPrice: price, ports });
    return Pool.open({
      channels: new Channels({ node, wallet, facts, books, chainId, ports }),
      ...{ books, facts, secretKey, address: wallet.address, ports },
      policy: { ...POLICY, ...policy },
      budget: new Budget(caps ?? CAPS),
      deposits: deposits ?? DEPOSITS,
      onNote: (text, why) => onNote?.(text, why),
      onFault: (error) => (this.#fault ??= error),
    });
  }

  /**
   * Pays the tab. With `channels` the channels are closed as well: after the chain's grace their deposits can be withdrawn.
   * @throws PaymentFault for a channel that is not closed
   */
  async close({ channels = false }: { readonly channels?: boolean } = {}): Promise<void> {
    const pool = await this.#pool;
    if (pool === undefined) return;
    await pool.close();
    for (const { head } of channels ? pool.consumers : []) {
      const refused = await pool.closeChannel(head.terms.channelId);
      if (refused !== undefined) throw new PaymentFault(rejectionText(refused));
    }
  }
}
