import { present } from "../../assert.js";
import type { Bytes } from "../../bytes.js";
import { exchangeErrors } from "../../exchange/errors.js";
import { isRejection, reject, type Rejection } from "../../rejection.js";
import { ownAny } from "../../tx/build.js";
import { allPages } from "../query.js";
import type { Client } from "../index.js";
import type { Book, ChannelHead } from "./book.js";
import { consumerErrors } from "./errors.js";
import type { ChainChannel, ChainFacts } from "./facts.js";
import type { Ports } from "./ports.js";
import type { Wallet } from "./wallet.js";

/** The books of all channels. */
export interface Books {
  /** Of channels that are not withdrawn, in the order in which they came. */
  heads(): Promise<readonly ChannelHead[]>;
  /** Resolves once the head is on disk. */
  add(head: ChannelHead): Promise<void>;
  book(channelId: bigint): Book;
  /** The channel is withdrawn: its rows stay, for its owner. */
  withdrawn(channelId: bigint): Promise<void>;
}

/** What opening and closing channels needs. */
export interface ChannelsParts {
  readonly node: Client;
  readonly wallet: Wallet;
  readonly facts: ChainFacts;
  readonly books: Books;
  readonly chainId: string;
  readonly ports: Pick<Ports, "random">;
}

/** Where a version is served. */
export interface Place {
  readonly provider: string;
  readonly versionId: bigint;
  /** Without "/v1" at its end. */
  readonly url: string;
}

/** States of a channel on the chain. */
export const channelStatus = { open: 1, closing: 2, withdrawn: 3 } as const;
const BOOK_ID_BYTES = 16;

/** Opens channels with the consumer's key, adopts one that a crash left without a book, and gets deposits back. */
export class Channels {
  readonly #parts: ChannelsParts;

  constructor(parts: ChannelsParts) {
    this.#parts = parts;
  }

  /**
   * A channel to a provider and version with a new book: one of ours on the chain that nothing was paid on and no book has, or
   * one that is opened now with `deposit`.
   */
  async open(place: Place, deposit: bigint): Promise<{ head: ChannelHead; deposit: bigint } | Rejection> {
    const { facts, books, chainId, wallet, ports } = this.#parts;
    const { provider, versionId, url } = place;
    const version = await facts.version(versionId);
    if (!version.isUsable) {
      return reject(exchangeErrors.wrongTerms, {
        field: "versionId",
        have: versionId,
        need: "in staging or production",
      });
    }
    const providerKey = await facts.key(provider);
    if (providerKey === undefined) {
      return reject(exchangeErrors.wrongTerms, {
        field: "payTo",
        have: provider,
        need: "an account with one known key",
      });
    }
    const channel = (await this.#orphan(place)) ?? (await this.#fresh(place, deposit));
    if (isRejection(channel)) return channel;
    const bookId: Bytes = ports.random(BOOK_ID_BYTES);
    const terms = {
      ...{ chainId, channelId: channel.id, versionId, prices: version.prices, versionDatanets: version.datanets },
      ...{ providerKey, consumerKey: wallet.publicKey },
    };
    const head: ChannelHead = { terms, bookId, provider, url };
    await books.add(head);
    return { head, deposit: channel.deposit };
  }

  /** A channel whose opening a crash separated from its book. */
  async #orphan({ provider, versionId }: Place): Promise<ChainChannel | undefined> {
    const known = new Set((await this.#parts.books.heads()).map(({ terms }) => terms.channelId));
    const own = await this.all();
    return own.find(
      (one) =>
        one.provider === provider &&
        one.versionId === versionId &&
        one.status === channelStatus.open &&
        one.nonce === 0n &&
        !known.has(one.id),
    );
  }

  /** All channels of the consumer on the chain. Work: one page for a hundred. */
  async all(): Promise<ChainChannel[]> {
    const { node, wallet } = this.#parts;
    return await allPages(
      (pagination) => node.query("tributary.usage.v1.Query/Channels", { consumer: wallet.address, pagination }),
      ({ channels }) => channels,
    );
  }

  async #fresh({ provider, versionId }: Place, deposit: bigint): Promise<ChainChannel | Rejection> {
    const { wallet } = this.#parts;
    const before = new Set((await this.all()).map(({ id }) => id));
    const fields = { consumer: wallet.address, provider, versionId, deposit: deposit.toString() };
    const sent = await wallet.send([ownAny("tributary.usage.v1.MsgOpenChannel", fields)]);
    if (isRejection(sent)) return sent;
    const opened = (await this.all()).find(
      (one) => !before.has(one.id) && one.provider === provider && one.versionId === versionId,
    );
    return (
      opened ??
      reject(consumerErrors.txNotSeen, { seconds: 0, fix: "the node does not show the new channel; ask again" })
    );
  }

  /** @returns all that was ever put in */
  async topUp(channelId: bigint, amount: bigint): Promise<bigint | Rejection> {
    const { wallet, facts } = this.#parts;
    const fields = { consumer: wallet.address, channelId, amount: amount.toString() };
    const sent = await wallet.send([ownAny("tributary.usage.v1.MsgTopUpChannel", fields)]);
    if (isRejection(sent)) return sent;
    return present(await facts.channel(channelId), "a channel that was topped up exists").deposit;
  }

  /** The deposit can be withdrawn after the grace. */
  async close(channelId: bigint): Promise<Rejection | undefined> {
    const fields = { signer: this.#parts.wallet.address, channelId };
    const sent = await this.#parts.wallet.send([ownAny("tributary.usage.v1.MsgCloseChannel", fields)]);
    return isRejection(sent) ? sent : undefined;
  }

  /** Withdraws what can be withdrawn of channels that are closing. @returns channels that are withdrawn now */
  async withdraw(): Promise<readonly bigint[] | Rejection> {
    const { facts, wallet, books } = this.#parts;
    const height = await facts.height();
    const own = await this.all();
    const due = own.filter((one) => one.status === channelStatus.closing && height >= one.withdrawableHeight);
    for (const { id: channelId } of due) {
      const fields = { consumer: wallet.address, channelId };
      const sent = await wallet.send([ownAny("tributary.usage.v1.MsgWithdrawChannel", fields)]);
      if (isRejection(sent)) return sent;
    }
    const ended = [...own.filter(({ status }) => status === channelStatus.withdrawn), ...due].map(({ id }) => id);
    const known = (await books.heads()).map(({ terms }) => terms.channelId).filter((id) => ended.includes(id));
    for (const channelId of known) await books.withdrawn(channelId);
    return known;
  }
}
