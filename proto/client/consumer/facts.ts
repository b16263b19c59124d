import { BaseAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { QueryAccountRequest, QueryAccountResponse } from "cosmjs-types/cosmos/auth/v1beta1/query";
import type { Prices } from "../../attribution/prices.js";
import { differentPrice } from "../../attribution/prices.js";
import type { Bytes } from "../../bytes.js";
import type { Messages } from "../../codec/message.js";
import { exchangeErrors } from "../../exchange/errors.js";
import type { ProviderTerms } from "../../exchange/terms.js";
import { isRejection, reject, type Rejection } from "../../rejection.js";
import { decodeKey } from "../../tx/decode.js";
import type { Client } from "../index.js";
import type { ChannelHead } from "./book.js";

/** A channel as the chain stores it. */
export type ChainChannel = Messages["tributary.usage.v1.Channel"];

/** What the chain says of a version. */
export interface VersionFacts {
  readonly prices: Prices;
  /** How many datanets its releases come from, its ancestors' among them. */
  readonly datanets: number;
  /** In staging or production: it may be used. */
  readonly isUsable: boolean;
}

/** What a consumer reads of the chain, from a node that its owner trusts. */
export class ChainFacts {
  readonly #node: Client;
  readonly #now: () => number;
  #height: { readonly at: number; readonly value: Promise<bigint> } | undefined;

  constructor(node: Client, now: () => number) {
    this.#node = node;
    this.#now = now;
  }

  /** A recent height, at most a second old. */
  height(): Promise<bigint> {
    const at = this.#now();
    if (this.#height === undefined || at - this.#height.at >= HEIGHT_MS) {
      const value = this.#node.status().then(({ height }) => height);
      value.catch(() => (this.#height = undefined)); // Who awaits it sees why.
      this.#height = { at, value };
    }
    return this.#height.value;
  }

  /** Prices never change; the stage may. Work: one page for a hundred releases. */
  async version(versionId: bigint): Promise<VersionFacts> {
    const { version } = await this.#node.query("tributary.model.v1.Query/Version", { versionId });
    const { pricePerCall = 0n, pricePerInputToken = 0n, pricePerOutputToken = 0n } = version?.fees ?? {};
    return {
      prices: { pricePerCall, pricePerInputToken, pricePerOutputToken },
      datanets: await this.#datanets(versionId),
      isUsable: version?.stage === STAGING || version?.stage === PRODUCTION,
    };
  }

  async #datanets(versionId: bigint): Promise<number> {
    const found = new Set<bigint>();
    let key: Bytes = new Uint8Array(0);
    for (let page = 0; page < PAGES_MAX; page++) {
      const answer = await this.#node.query("tributary.model.v1.Query/EligibleReleases", { versionId, key });
      for (const { datanetId } of answer.releases) found.add(datanetId);
      key = answer.nextKey;
      if (key.length === 0) break;
    }
    return found.size;
  }

  async channel(channelId: bigint): Promise<ChainChannel | undefined> {
    return (await this.#node.query("tributary.usage.v1.Query/Channel", { channelId })).channel;
  }

  /** The key of an account that has signed once. Undefined for another account. */
  async key(address: string): Promise<Bytes | undefined> {
    const types = [QueryAccountRequest, QueryAccountResponse] as const;
    const { account } = await this.#node.cosmosQuery("cosmos.auth.v1beta1.Query/Account", types, { address });
    const { pubKey } = BaseAccount.decode(account?.value ?? new Uint8Array(0));
    const key = pubKey === undefined ? undefined : decodeKey(pubKey);
    return key === undefined || isRejection(key) || key.kind !== "secp256k1" ? undefined : key.key;
  }
}

const HEIGHT_MS = 1_000;
/** Pages of a hundred releases: a node that always has another page cannot keep its asker busy for ever. */
const PAGES_MAX = 1_000;
const STAGING = 2;
const PRODUCTION = 3;

/**
 * Undefined for terms that agree with what the consumer knows of its channel from the chain; else exchange/wrongTerms. The
 * provider alone says its credit and its fee cap: neither can cost the consumer more than it signs.
 */
export function checkTerms(terms: ProviderTerms, { terms: channel, provider }: ChannelHead): Rejection | undefined {
  const wrong = (field: string, have: unknown, need: unknown): Rejection =>
    reject(exchangeErrors.wrongTerms, { field, have, need });
  const { chainId, versionId, prices, payTo } = terms;
  if (chainId !== channel.chainId) return wrong("network", chainId, channel.chainId);
  if (payTo !== provider) return wrong("payTo", payTo, provider);
  if (versionId !== channel.versionId) return wrong("extra.versionId", versionId, channel.versionId);
  const price = differentPrice(prices, channel.prices);
  if (price !== undefined) return wrong(`extra.prices.${price}`, "another", "the version's");
  return undefined;
}
