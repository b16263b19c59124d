import { countedTokens } from "#proto/attribution/counted.js";
import { feeByPrices } from "#proto/attribution/prices.js";
import { toBase64 } from "#proto/base64.js";
import { toHex } from "#proto/bytes.js";
import type { JsonObject } from "#proto/codec/json-text.js";
import { httpRequestCodec, httpRequestHash, type HttpRequest } from "#proto/exchange/http-request.js";
import type { AskedBody } from "#proto/exchange/openai/body.js";
import { termsJson, type ProviderTerms } from "#proto/exchange/terms.js";
import { isRejection } from "#proto/rejection.js";
import type { Client } from "#proto/client/index.js";
import { fetchAccount } from "../../tx/account.js";
import { CliFault } from "../../fault.js";
import type { ModelOffer } from "../answer/offer.js";
import type { Channels, Provider } from "../chain/channels.js";
import type { ChainClock } from "../chain/clock.js";
import type { ChainRules } from "../chain/facts.js";
import type { Versions } from "../chain/versions.js";

/** Tokens of an answer whose request does not bound it. */
const ANSWER_TOKENS = 1_024;
/** Tokens of passages that the gateway may add. */
const ADDED_TOKENS = 1_024;
/** As x402 asks: how long an offer holds. */
const TIMEOUT_SECONDS = 120;

export interface TermsDeps {
  readonly node: Client;
  readonly provider: Provider;
  readonly rules: ChainRules;
  readonly channels: Channels;
  readonly versions: Versions;
  readonly clock: ChainClock;
  readonly asset: string;
  readonly credit: bigint;
  readonly ageMax: bigint;
}

/** What the gateway asks for a model. */
export class Terms {
  readonly #deps: TermsDeps;

  constructor(deps: TermsDeps) {
    this.#deps = deps;
  }

  /** @param body what is asked, for its greatest fee @param payer an address, for its account and channel */
  async of(offer: ModelOffer, body?: AskedBody, payer?: string): Promise<JsonObject> {
    const { provider, rules, versions, clock, asset, credit, ageMax } = this.#deps;
    const { versionId } = offer;
    const { prices } = await versions.get(versionId);
    const counted = countedTokens(body?.texts ?? [], [], "");
    const input = isRejection(counted) ? 0n : counted.input;
    const added = offer.passages === undefined ? 0n : BigInt(ADDED_TOKENS);
    const output = BigInt(body?.answerTokens ?? ANSWER_TOKENS);
    const terms: ProviderTerms = {
      ...{ chainId: rules.chainId, asset, payTo: provider.address, versionId, prices, credit, ageMax },
      feeMax: feeByPrices(prices, { input: input + added, output }),
      datanets: offer.passages?.datanets ?? [],
      depositMin: rules.depositMin,
      height: clock.newest?.height ?? 0n,
      account: payer === undefined ? undefined : await this.#accountOf(payer),
      channel: payer === undefined ? undefined : this.#channelOf(payer, versionId),
    };
    return termsJson(terms, TIMEOUT_SECONDS);
  }

  /** The terms of a request whose sender may not see its body. */
  async ofRequest(offer: ModelOffer, body: AskedBody, request: HttpRequest): Promise<JsonObject> {
    const terms = await this.of(offer, body);
    const extra = {
      ...(terms["extra"] as JsonObject),
      request: toBase64(httpRequestCodec.encode(request)),
      requestHash: toHex(httpRequestHash(request)),
    };
    return { ...terms, extra };
  }

  /** Undefined for an account that the chain does not have. */
  async #accountOf(payer: string): Promise<ProviderTerms["account"]> {
    try {
      const { number, sequence } = await fetchAccount(this.#deps.node, payer);
      return { number, sequence };
    } catch (error) {
      if (error instanceof CliFault && error.code === "not_found") return undefined;
      throw error;
    }
  }

  #channelOf(payer: string, versionId: bigint): ProviderTerms["channel"] {
    const kept = this.#deps.channels.openOf(payer, versionId);
    if (kept === undefined) return undefined;
    const { chain, record } = kept;
    return { channelId: chain.id, deposit: chain.deposit, unpaid: record.unpaid, voucher: record.voucher };
  }
}
