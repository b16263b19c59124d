import { ceilingId } from "#proto/attribution/ceiling.js";
import { present } from "#proto/assert.js";
import { fromHex, toHex, u64be, utf8, utf8Text, type Bytes } from "#proto/bytes.js";
import {
  dayOf,
  UNDELIVERED_MAX,
  type Book,
  type Books,
  type ChannelHead,
  type Kept,
  type Row,
} from "#proto/client/consumer/index.js";
import type { AskedCeiling, Exchange } from "#proto/exchange/provider.js";
import type { RefusedAnswer } from "#proto/exchange/consumer.js";
import type { Db } from "#node/storage/database/db.js";
import { GroupWriter } from "../../book/group-write.js";
import { numberOf, numbersOf, restOf, rowKey, rowsOf, tableOf } from "./keys.js";
import {
  decodeAsk,
  decodeExchange,
  decodeHead,
  decodeRow,
  decodeVoucher,
  decodeWire,
  encodeAsk,
  encodeExchange,
  encodeHead,
  encodeRow,
  encodeVoucher,
  encodeWire,
  type KeptHead,
} from "./rows.js";

type Write = Parameters<GroupWriter["write"]>[0][number];

/** Everything that a consumer's program keeps: one database, which one program has open. */
export class DiskBooks implements Books {
  readonly #db: Db;
  readonly #writer: GroupWriter;
  /** Fees of a day by version: days that were written to since the start. */
  readonly #spent = new Map<number, Map<bigint, bigint>>();

  constructor(db: Db) {
    this.#db = db;
    this.#writer = new GroupWriter(db);
  }

  heads(): Promise<readonly ChannelHead[]> {
    const kept = this.allHeads().filter(({ isWithdrawn }) => !isWithdrawn);
    return Promise.resolve(kept.map(({ head }) => head));
  }

  /** With those of channels that are withdrawn: few, one for each channel that was ever opened. */
  allHeads(): KeptHead[] {
    return [...this.#db.range(tableOf("head"))].map(([, value]) => decodeHead(value));
  }

  async add(head: ChannelHead): Promise<void> {
    await this.#writer.write([[rowKey("head", head.terms.channelId), encodeHead({ head, isWithdrawn: false })]]);
  }

  async withdrawn(channelId: bigint): Promise<void> {
    const key = rowKey("head", channelId);
    const { head } = decodeHead(present(this.#db.get(key), "a book has its head"));
    await this.#writer.write([[key, encodeHead({ head, isWithdrawn: true })]]);
  }

  book(channelId: bigint): Book {
    const { versionId } = decodeHead(present(this.#db.get(rowKey("head", channelId)), "a book has its head")).head
      .terms;
    return new DiskBook(this.#db, this.#writer, channelId, (time, fee) => this.#spend(versionId, time, fee));
  }

  /** Fees of a day, by version. @param time Unix milliseconds */
  spentOn(time: number): ReadonlyMap<bigint, bigint> {
    return this.#spentOf(dayOf(time));
  }

  #spentOf(day: number): Map<bigint, bigint> {
    let spent = this.#spent.get(day);
    if (spent === undefined) {
      const rows = [...this.#db.range(rowsOf("spent", BigInt(day)))];
      spent = new Map(rows.map(([key, value]) => [numberOf(key), BigInt(utf8Text(value) ?? "0")]));
      this.#spent.clear(); // Time goes on: of former days nothing is asked any more.
      this.#spent.set(day, spent);
    }
    return spent;
  }

  #spend(versionId: bigint, time: number, fee: bigint): Write {
    const spent = this.#spentOf(dayOf(time));
    const sum = (spent.get(versionId) ?? 0n) + fee;
    spent.set(versionId, sum);
    return [rowKey("spent", BigInt(dayOf(time)), u64be(versionId)), utf8(`${sum}`)];
  }

  /** Receipts of a channel with their times, the newest first. */
  async *receipts(channelId: bigint): AsyncIterable<{ readonly time: number; readonly exchange: Exchange }> {
    const range = { ...rowsOf("exchange", channelId), reverse: true };
    for await (const [, value] of this.#db.iterate(range)) yield decodeExchange(value);
  }

  /** Answers of a channel that were refused: few, the first one ends its use. */
  refused(channelId: bigint): RefusedAnswer[] {
    return [...this.#db.range(rowsOf("refused", channelId))].map(([, value]) => decodeRow("refused", value));
  }

  /** After the last write was awaited. */
  async close(): Promise<void> {
    await this.#db.close();
  }
}

/** The book of one channel. */
class DiskBook implements Book {
  readonly #db: Db;
  readonly #writer: GroupWriter;
  readonly #channelId: bigint;
  readonly #spend: (time: number, fee: bigint) => Write;
  /** Idempotency keys of open ceilings, by id: the provider's credit bounds them. */
  readonly #keys = new Map<string, string>();

  constructor(db: Db, writer: GroupWriter, channelId: bigint, spend: (time: number, fee: bigint) => Write) {
    this.#db = db;
    this.#writer = writer;
    this.#channelId = channelId;
    this.#spend = spend;
  }

  async append(rows: readonly Row[]): Promise<void> {
    await this.#writer.write(rows.flatMap((row) => this.#writesOf(row)));
  }

  #key(table: Parameters<typeof rowKey>[0], rest?: Bytes): Bytes {
    return rowKey(table, this.#channelId, rest);
  }

  #writesOf(row: Row): readonly Write[] {
    switch (row.kind) {
      case "asked": {
        const id = idOf(row.ask.asked);
        this.#keys.set(toHex(id), row.ask.idempotencyKey);
        return [[this.#key("open", id), encodeAsk(row.ask)]];
      }
      case "exchange":
        return this.#exchanged(row);
      case "delivered":
        return [[this.#key("undelivered", present(fromHex(row.ceilingId), "an id is hex")), undefined]];
      case "void":
        this.#keys.delete(toHex(row.void.ceilingId));
        return [[this.#key("open", row.void.ceilingId), undefined]];
      case "refused":
        return [
          [this.#key("open", idOf(row.refused.asked)), undefined],
          [this.#key("refused", idOf(row.refused.asked)), encodeRow("refused", row.refused)],
        ];
      case "voucher":
        return [[this.#key("voucher"), encodeVoucher(row.voucher)]];
    }
  }

  #exchanged({ exchange, time, wire }: Extract<Row, { readonly kind: "exchange" }>): Write[] {
    const id = idOf(exchange.asked);
    const { nonce, fee } = present(exchange.sealed?.receipt, "a row has a receipt");
    const idempotencyKey = this.#keys.get(toHex(id)) ?? "";
    this.#keys.delete(toHex(id));
    return [
      [this.#key("open", id), undefined],
      [this.#key("exchange", u64be(nonce)), encodeExchange(exchange, time)],
      [this.#key("undelivered", id), encodeWire({ nonce, idempotencyKey, wire })],
      this.#spend(time, fee),
    ];
  }

  async load(): Promise<Kept> {
    const open = this.#rows("open").map(([, value]) => decodeAsk(value));
    for (const { asked, idempotencyKey } of open) this.#keys.set(toHex(idOf(asked)), idempotencyKey);
    const newest = this.#db.get(this.#key("voucher"));
    const [refused] = this.#rows("refused");
    const voucher = newest === undefined ? undefined : decodeVoucher(newest);
    const unsigned: Exchange[] = [];
    for await (const exchange of this.exchanges((voucher?.before.nonce ?? 0n) + 1n, LAST)) unsigned.push(exchange);
    return {
      ...{ open, unsigned, voucher },
      undelivered: await this.#undelivered(),
      refused: refused === undefined ? undefined : decodeRow("refused", refused[1]),
    };
  }

  #rows(table: "open" | "undelivered" | "refused") {
    return [...this.#db.range(rowsOf(table, this.#channelId))];
  }

  /** The newest are read; older ones are forgotten, no retry comes so late. */
  async #undelivered(): Promise<Kept["undelivered"]> {
    const rows = this.#rows("undelivered").map(([key, value]) => ({ id: restOf(key), ...decodeWire(value) }));
    rows.sort((a, b) => (a.nonce < b.nonce ? -1 : 1));
    const old = rows.slice(0, -UNDELIVERED_MAX);
    await this.#writer.write(old.map(({ id }) => [this.#key("undelivered", id), undefined]));
    return rows.slice(-UNDELIVERED_MAX).map(({ nonce, idempotencyKey, wire }) => {
      const value = present(this.#db.get(this.#key("exchange", u64be(nonce))), "an answer has its receipt");
      const { exchange } = decodeExchange(value);
      return { asked: present(exchange.asked, "a row has a ceiling"), idempotencyKey, exchange, wire };
    });
  }

  async *exchanges(from: bigint, to: bigint): AsyncIterable<Exchange> {
    const range = numbersOf("exchange", this.#channelId, from, to);
    for await (const [, value] of this.#db.iterate(range)) yield decodeExchange(value).exchange;
  }
}

/** Above every nonce of a channel. */
const LAST = (1n << 63n) - 1n;

function idOf(asked: AskedCeiling | undefined): Bytes {
  return ceilingId(present(asked?.ceiling, "a row has a ceiling"));
}
