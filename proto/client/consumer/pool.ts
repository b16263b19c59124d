import { assert } from "../../assert.js";
import type { Bytes } from "../../bytes.js";
import { exchangeErrors } from "../../exchange/errors.js";
import { isRejection, type Rejection } from "../../rejection.js";
import { Background } from "./background.js";
import type { ChannelHead } from "./book.js";
import type { Budget } from "./budget.js";
import { channelStatus, type Books, type Channels, type Place } from "./channels.js";
import { Consumer, type Ask } from "./consumer.js";
import type { ChainFacts } from "./facts.js";
import type { Policy } from "./policy.js";
import type { Ports } from "./ports.js";

/** What the owner puts into channels, in base units. */
export interface Deposits {
  /** Of a new channel, and of each addition to it. */
  readonly deposit: bigint;
  /** A channel with less for further answers gets an addition. */
  readonly least: bigint;
}

/** What a pool is made of. */
export interface PoolParts {
  readonly channels: Channels;
  readonly books: Books;
  readonly facts: ChainFacts;
  /** 32 bytes, of the consumer's account. */
  readonly secretKey: Bytes;
  readonly address: string;
  readonly policy: Policy;
  readonly budget: Budget;
  readonly deposits: Deposits;
  readonly ports: Ports;
  /** Said to the owner: what was done with the owner's coins, or could not be done. */
  readonly onNote: (text: string, why?: Rejection) => void;
  readonly onFault: (error: unknown) => void;
}

/** A consumer for each provider and version: opens their channels, adds to them, and closes those that ended. */
export class Pool {
  readonly #parts: PoolParts;
  readonly #consumers = new Map<string, Consumer>();
  /** Places whose channel is being opened: every request of the place waits for the same. */
  readonly #opening = new Map<string, Promise<Consumer | Rejection>>();
  /** Channels that get an addition, or are being closed. */
  readonly #busy = new Set<bigint>();
  readonly #background: Background;

  private constructor(parts: PoolParts) {
    this.#parts = parts;
    this.#background = new Background(parts.onFault);
  }

  /** Continues every channel that has a book: what is open is settled, whether or not it is used again. */
  static async open(parts: PoolParts): Promise<Pool> {
    const pool = new Pool(parts);
    for (const head of await parts.books.heads()) {
      const channel = await parts.facts.channel(head.terms.channelId);
      if (channel === undefined) continue;
      const consumer = await pool.#consumer(head, channel.deposit);
      if (channel.status !== channelStatus.open) consumer.retire("its channel is closed");
      else pool.#upkeep(consumer);
    }
    return pool;
  }

  /** Every consumer, with those of channels that are closing. */
  get consumers(): readonly Consumer[] {
    return [...this.#consumers.values()];
  }

  async #consumer(head: ChannelHead, deposit: bigint): Promise<Consumer> {
    const { books, secretKey, address, policy, budget, facts, ports, onFault } = this.#parts;
    const book = books.book(head.terms.channelId);
    const parts = { head, book, secretKey, address, deposit, policy, budget, facts, ports, onFault };
    const consumer = await Consumer.open(parts);
    this.#consumers.set(`${head.terms.channelId}`, consumer);
    return consumer;
  }

  /** Providers whose answers were refused: they are not used again. */
  get distrusted(): ReadonlySet<string> {
    return new Set(this.consumers.filter((one) => one.hasEvidence).map(({ head }) => head.provider));
  }

  /** Asks a provider for an application, over a channel, which is opened at need. */
  async ask(place: Place, ask: Ask): Promise<Response | Rejection> {
    const consumer = await this.#at(place);
    if (isRejection(consumer)) return consumer;
    const answer = await consumer.ask(ask);
    this.#upkeep(consumer);
    return answer;
  }

  #at(place: Place): Promise<Consumer | Rejection> {
    const { provider, versionId, url } = place;
    const refused = this.consumers.find(({ head, hasEvidence }) => hasEvidence && head.provider === provider);
    if (refused?.stopped !== undefined) return Promise.resolve(refused.stopped);
    const found = this.consumers.find(
      ({ head, stopped }) =>
        head.provider === provider && head.terms.versionId === versionId && head.url === url && stopped === undefined,
    );
    if (found !== undefined) return Promise.resolve(found);
    const key = `${provider}/${versionId}`;
    const known = this.#opening.get(key);
    if (known !== undefined) return known;
    const opening = this.#open(place).finally(() => this.#opening.delete(key));
    this.#opening.set(key, opening);
    return opening;
  }

  async #open(place: Place): Promise<Consumer | Rejection> {
    const { channels, deposits, onNote } = this.#parts;
    const opened = await channels.open(place, deposits.deposit);
    if (isRejection(opened)) return opened;
    const { head, deposit } = opened;
    onNote(
      `channel ${head.terms.channelId} to ${head.provider} for version ${head.terms.versionId}, deposit ${deposit}`,
    );
    return await this.#consumer(head, deposit);
  }

  /** After each request: a channel that ended is closed, one with little left gets an addition. */
  #upkeep(consumer: Consumer): void {
    const { channelId } = consumer.head.terms;
    const { deposit, signed, exposure } = consumer.sums;
    const isLow = deposit - signed - exposure < this.#parts.deposits.least;
    const { stopped } = consumer;
    if (this.#busy.has(channelId) || (stopped === undefined && !isLow)) return;
    if (stopped !== undefined && !isEnd(stopped)) return;
    this.#busy.add(channelId);
    this.#background.run(async () => {
      const isDone = consumer.stopped === undefined ? await this.#add(consumer) : await this.#closed(consumer);
      if (isDone) this.#busy.delete(channelId);
    });
  }

  async #add(consumer: Consumer): Promise<boolean> {
    const { channels, deposits, onNote } = this.#parts;
    const { channelId } = consumer.head.terms;
    const deposit = await channels.topUp(channelId, deposits.deposit);
    if (isRejection(deposit)) onNote(`channel ${channelId} could not get an addition`, deposit);
    else consumer.topUp(deposit);
    return true;
  }

  /** @returns false: it is closed once */
  async #closed(consumer: Consumer): Promise<boolean> {
    const { channels, onNote } = this.#parts;
    const { channelId } = consumer.head.terms;
    const why = consumer.stopped;
    assert(why !== undefined, "only a channel that ended is closed by itself");
    const refused = await channels.close(channelId);
    onNote(`channel ${channelId} is ${refused === undefined ? "closed" : "not closed"}`, refused ?? why);
    return false;
  }

  /** Gets back the deposits of channels whose grace is over. */
  async withdraw(): Promise<void> {
    const { channels, onNote } = this.#parts;
    const withdrawn = await channels.withdraw();
    if (isRejection(withdrawn)) return onNote("a deposit could not be withdrawn", withdrawn);
    for (const channelId of withdrawn) {
      onNote(`channel ${channelId} is withdrawn`);
      await this.#consumers.get(`${channelId}`)?.close();
      this.#consumers.delete(`${channelId}`);
    }
  }

  /** Closes a channel for its owner: after its grace the deposit comes back. */
  async closeChannel(channelId: bigint): Promise<Rejection | undefined> {
    const consumer = this.#consumers.get(`${channelId}`);
    consumer?.retire("its owner closes it");
    this.#busy.add(channelId);
    return await this.#parts.channels.close(channelId);
  }

  /** Pays every tab, and ends. */
  async close(): Promise<void> {
    await this.#background.ended();
    await Promise.all(this.consumers.map((consumer) => consumer.close()));
  }
}

/** Whether the channel itself has ended; a disk that is full says nothing about it. */
function isEnd({ codespace, name }: Rejection): boolean {
  return codespace === exchangeErrors.channelStopped.codespace && name === exchangeErrors.channelStopped.name;
}
