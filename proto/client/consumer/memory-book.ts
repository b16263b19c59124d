import { present } from "../../assert.js";
import { BoundedMap } from "../../bounded.js";
import { toHex, type Bytes } from "../../bytes.js";
import type { RefusedAnswer } from "../../exchange/consumer.js";
import type { Exchange } from "../../exchange/provider.js";
import {
  UNDELIVERED_MAX,
  type Book,
  type Kept,
  type KeptAnswer,
  type KeptAsk,
  type KeptVoucher,
  type Row,
} from "./book.js";
import { idOf } from "./ids.js";

/**
 * A book that ends with the program. Whoever signs real vouchers with it loses the channel's deposit until it is closed when
 * the program ends in the middle: a browser keeps rows in IndexedDB, tribd in files.
 */
export class MemoryBook implements Book {
  readonly #open = new Map<string, KeptAsk>();
  readonly #exchanges = new Map<bigint, Exchange>();
  readonly #undelivered = new BoundedMap<string, KeptAnswer>(UNDELIVERED_MAX);
  #voucher: KeptVoucher | undefined;
  #refused: RefusedAnswer | undefined;

  append(rows: readonly Row[]): Promise<void> {
    for (const row of rows) this.#add(row);
    return Promise.resolve();
  }

  #add(row: Row): void {
    switch (row.kind) {
      case "asked":
        this.#open.set(idOf(row.ask.asked), row.ask);
        return;
      case "exchange":
        this.#addExchange(row.exchange, row.wire);
        return;
      case "delivered":
        this.#undelivered.delete(row.ceilingId);
        return;
      case "refused":
        this.#open.delete(idOf(row.refused.asked));
        this.#refused ??= row.refused;
        return;
      case "void":
        this.#open.delete(toHex(row.void.ceilingId));
        return;
      case "voucher":
        this.#voucher = row.voucher;
    }
  }

  #addExchange(exchange: Exchange, wire: Bytes): void {
    const id = idOf(exchange.asked);
    const ask = this.#open.get(id);
    this.#open.delete(id);
    this.#exchanges.set(present(exchange.sealed?.receipt, "a row has a receipt").nonce, exchange);
    if (ask !== undefined) this.#undelivered.set(id, { ...ask, exchange, wire });
  }

  load(): Promise<Kept> {
    const paid = this.#voucher?.before.nonce ?? 0n;
    return Promise.resolve({
      open: [...this.#open.values()],
      unsigned: [...this.#exchanges].filter(([nonce]) => nonce > paid).map(([, exchange]) => exchange),
      undelivered: [...this.#undelivered.values()],
      voucher: this.#voucher,
      refused: this.#refused,
    });
  }

  async *exchanges(from: bigint, to: bigint): AsyncIterable<Exchange> {
    for (let nonce = from; nonce <= to; nonce++) {
      const exchange = await Promise.resolve(this.#exchanges.get(nonce));
      if (exchange !== undefined) yield exchange;
    }
  }
}
