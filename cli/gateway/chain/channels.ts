import type { Client } from "#proto/client/index.js";
import type { Bytes } from "#proto/bytes.js";
import type { ProviderChannel } from "#proto/exchange/provider.js";
import type { ChannelTerms } from "#proto/exchange/sealed.js";
import { CliFault } from "../../fault.js";
import type { GatewayBook } from "../book/book.js";
import { CHANNEL_STATUS, readChannel, readChannels, readConsumerKey, type Channel } from "./facts.js";
import type { Versions } from "./versions.js";

/** A channel with the gateway's record of it. */
export interface KeptChannel {
  readonly record: ProviderChannel;
  /** As the chain had it last. */
  chain: Channel;
  /** Since when something is signed and not redeemed, Unix milliseconds; undefined while all is redeemed. */
  unredeemedSince: number | undefined;
}

/** Who the gateway serves for, and on which chain. */
export interface Provider {
  readonly chainId: string;
  readonly address: string;
  /** 33 bytes. */
  readonly publicKey: Bytes;
}

/**
 * The channels to this provider. Held in memory: those that are open or closing, which a deposit each bounds, and those that
 * are withdrawn and have rows in the book.
 */
export class Channels {
  readonly #node: Client;
  readonly #provider: Provider;
  readonly #versions: Versions;
  readonly #book: GatewayBook;
  readonly #kept = new Map<bigint, KeptChannel>();
  readonly #loading = new Map<bigint, Promise<KeptChannel>>();

  constructor(node: Client, provider: Provider, versions: Versions, book: GatewayBook) {
    this.#node = node;
    this.#provider = provider;
    this.#versions = versions;
    this.#book = book;
  }

  get(channelId: bigint): KeptChannel | undefined {
    return this.#kept.get(channelId);
  }

  all(): readonly KeptChannel[] {
    return [...this.#kept.values()];
  }

  /** The newest open channel of an account for a version. */
  openOf(consumer: string, versionId: bigint): KeptChannel | undefined {
    return this.all().findLast(
      ({ chain }) =>
        chain.consumer === consumer && chain.versionId === versionId && chain.status === CHANNEL_STATUS.open,
    );
  }

  /** What the account of a channel owes on its other channels, in flight and unpaid, in base units. */
  owedElsewhere({ chain }: KeptChannel): bigint {
    let sum = 0n;
    for (const { chain: other, record } of this.#kept.values()) {
      if (other.consumer === chain.consumer && other.id !== chain.id) sum += record.unpaid + record.inFlight;
    }
    return sum;
  }

  /** Reads all channels anew. Work: a page for each 100 channels to this provider, and the book of each new one. */
  async readAll(): Promise<void> {
    const found = await readChannels(this.#node, this.#provider.address);
    const booked = new Set(await this.#book.channels());
    for (const channel of found) {
      if (channel.status !== CHANNEL_STATUS.withdrawn || booked.has(channel.id)) await this.#keep(channel);
    }
  }

  /** Reads one channel anew. @returns undefined for one to another provider @throws CliFault(not_found) */
  async read(channelId: bigint): Promise<KeptChannel | undefined> {
    const channel = await readChannel(this.#node, channelId);
    return channel.provider === this.#provider.address ? await this.#keep(channel) : undefined;
  }

  /** As `read`; undefined too for a channel that does not exist. */
  async find(channelId: bigint): Promise<KeptChannel | undefined> {
    try {
      return await this.read(channelId);
    } catch (error) {
      if (error instanceof CliFault && error.code === "not_found") return undefined;
      throw error;
    }
  }

  /** One record a channel: who asks while it is read gets the same one. */
  async #keep(channel: Channel): Promise<KeptChannel> {
    const known = this.#kept.get(channel.id) ?? (await this.#loading.get(channel.id));
    if (known !== undefined) {
      known.chain = channel;
      return known;
    }
    const loading = this.#load(channel);
    this.#loading.set(channel.id, loading);
    try {
      return await loading;
    } finally {
      this.#loading.delete(channel.id);
    }
  }

  async #load(channel: Channel): Promise<KeptChannel> {
    const kept = {
      record: await this.#book.load(await this.#terms(channel)),
      chain: channel,
      unredeemedSince: undefined,
    };
    this.#kept.set(channel.id, kept);
    return kept;
  }

  async #terms({ id, versionId, consumer }: Channel): Promise<ChannelTerms> {
    const { prices, datanets } = await this.#versions.get(versionId);
    const { chainId, publicKey } = this.#provider;
    const consumerKey = await readConsumerKey(this.#node, consumer);
    return {
      chainId,
      channelId: id,
      versionId,
      prices,
      versionDatanets: datanets,
      providerKey: publicKey,
      consumerKey,
    };
  }
}
