import { assert } from "#proto/assert.js";
import { ceilingId } from "#proto/attribution/ceiling.js";
import { concat, fromHex, readU64be, toHex, u64be, type Bytes } from "#proto/bytes.js";
import { message, type MessageName, type Messages } from "#proto/codec/message.js";
import { ProviderChannel, type Exchange, type SignedVoucher, type Void } from "#proto/exchange/provider.js";
import type { ChannelTerms } from "#proto/exchange/sealed.js";
import { counted, EMPTY_PREFIX, type Counted } from "#proto/exchange/stretch.js";
import { isRejection } from "#proto/rejection.js";
import type { Db, Write } from "#node/storage/database/db.js";
import { openLevel } from "#node/storage/database/level.js";
import { StorageFault } from "#node/storage/fault.js";
import { GroupWriter } from "../../book/group-write.js";
import { channelOf, channelRange, nonceRange, restOf, rowKey, tableRange } from "./keys.js";

const ROW_BYTES_MAX = 16 * 1024 * 1024;
const U64_END = (1n << 64n) - 1n;

/**
 * A provider's book on disk: the receipts of every channel with what was asked and answered, vouchers, and fates of ceilings that
 * have not expired. Its directory's lock refuses a second gateway. Each method resolves once its rows are synced; the records
 * in memory (`proto/exchange/provider.ts`) learn of a row only then.
 */
export class GatewayBook {
  readonly #db: Db;
  readonly #writer: GroupWriter;

  private constructor(db: Db) {
    this.#db = db;
    this.#writer = new GroupWriter(db);
  }

  /** @throws StorageFault for a book that another process has open, or that cannot be read */
  static async open(directory: string): Promise<GatewayBook> {
    return new GatewayBook(await openLevel(directory));
  }

  /** A receipt with the answer as it is sent. Rows of a channel are written in the order of nonces. */
  async addExchange(channel: ProviderChannel, row: Exchange, wire: Bytes): Promise<void> {
    const ceiling = row.asked!.ceiling!;
    const { channelId, expiry } = ceiling;
    const { nonce, fee, hash } = counted(row.sealed!.receipt!);
    const fate = encoded("tributary.attribution.v1.CeilingFate", { nonce, expiry });
    await this.#writer.write([
      [rowKey("exchange", channelId, u64be(nonce)), encoded("tributary.attribution.v1.Exchange", row)],
      [rowKey("leaf", channelId, u64be(nonce)), concat(u64be(fee), hash)],
      [rowKey("wire", channelId, u64be(nonce)), wire],
      [rowKey("fate", channelId, ceilingId(ceiling)), fate],
      ...(nonce === 1n ? [[rowKey("bookId", channelId), ceiling.bookId] as const] : []),
    ]);
    channel.addExchange(row);
  }

  /** The end of a ceiling without an answer. */
  async addVoid(channel: ProviderChannel, row: Void): Promise<void> {
    const { channelId } = channel.terms;
    const fate = encoded("tributary.attribution.v1.CeilingFate", { nonce: 0n, expiry: row.expiry });
    await this.#writer.write([[rowKey("fate", channelId, row.ceilingId), fate]]);
    channel.addVoid(row);
  }

  /** A voucher. */
  async addVoucher(channel: ProviderChannel, row: SignedVoucher): Promise<void> {
    const { channelId, nonce } = row.voucher!;
    const prefix = channel.prefixTo(nonce);
    await this.#writer.write([
      [rowKey("voucher", channelId), encoded("tributary.attribution.v1.SignedVoucher", row)],
      [
        rowKey("prefix", channelId),
        encoded("tributary.attribution.v1.PaidPrefix", { ...prefix, frontier: [...prefix.frontier] }),
      ],
    ]);
    channel.addVoucher(row);
  }

  /** The record of a channel as this book has it. Reads unpaid receipts and unexpired fates: credit and time bound them. */
  async load(terms: ChannelTerms): Promise<ProviderChannel> {
    const { channelId } = terms;
    const channel = new ProviderChannel(terms);
    const prefix = this.#read("tributary.attribution.v1.PaidPrefix", rowKey("prefix", channelId)) ?? EMPTY_PREFIX;
    const fates: { readonly id: string; readonly nonce: bigint | undefined; readonly expiry: bigint }[] = [];
    for await (const [key, value] of this.#db.iterate(channelRange("fate", channelId))) {
      const { nonce, expiry } = decoded("tributary.attribution.v1.CeilingFate", value);
      const id = toHex(restOf(key));
      if (nonce <= prefix.nonce) fates.push({ id, nonce: nonce === 0n ? undefined : nonce, expiry });
    }
    const bookId = this.#db.get(rowKey("bookId", channelId));
    channel.restore(prefix, this.voucher(channelId), bookId, fates);
    for await (const row of this.exchanges(channelId, prefix.nonce + 1n, U64_END)) channel.addExchange(row);
    return channel;
  }

  /** Channels with a receipt, ascending. */
  async channels(): Promise<bigint[]> {
    const ids: bigint[] = [];
    for await (const [key] of this.#db.iterate(tableRange("bookId"))) ids.push(channelOf(key));
    return ids;
  }

  /** The newest voucher of a channel. */
  voucher(channelId: bigint): SignedVoucher | undefined {
    return this.#read("tributary.attribution.v1.SignedVoucher", rowKey("voucher", channelId));
  }

  /** One receipt with its texts; undefined once it is settled and its texts are gone. */
  exchange(channelId: bigint, nonce: bigint): Exchange | undefined {
    return this.#read("tributary.attribution.v1.Exchange", rowKey("exchange", channelId, u64be(nonce)));
  }

  /** An answer as it was sent; undefined once its ceiling is paid and expired. */
  wire(channelId: bigint, nonce: bigint): Bytes | undefined {
    return this.#db.get(rowKey("wire", channelId, u64be(nonce)));
  }

  /** Receipts with their texts, ascending, below a nonce. */
  async *exchanges(channelId: bigint, from: bigint, below: bigint): AsyncGenerator<Exchange> {
    for await (const [, value] of this.#db.iterate(nonceRange("exchange", channelId, from, below))) {
      yield decoded("tributary.attribution.v1.Exchange", value);
    }
  }

  /** Receipts 1 to `count` as vouchers count them: 40 bytes each. */
  async leaves(channelId: bigint, count: bigint): Promise<Counted[]> {
    const leaves: Counted[] = [];
    for await (const [, value] of this.#db.iterate(nonceRange("leaf", channelId, 1n, count + 1n))) {
      leaves.push({ nonce: BigInt(leaves.length + 1), fee: readU64be(value), hash: value.subarray(8) });
    }
    assert(BigInt(leaves.length) === count, "every receipt that is paid for is in the book");
    return leaves;
  }

  /** Forgets fates of expired ceilings, as the record did, and their answers as they were sent. @param ids hex */
  async forget(channelId: bigint, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const writes = ids.flatMap((id): Write[] => {
      const key = rowKey("fate", channelId, fromHex(id)!);
      const nonce = this.#read("tributary.attribution.v1.CeilingFate", key)?.nonce ?? 0n;
      return [
        [key, undefined],
        ...(nonce === 0n ? [] : [[rowKey("wire", channelId, u64be(nonce)), undefined] as const]),
      ];
    });
    await this.#writer.write(writes);
  }

  /** Drops the texts of receipts up to a nonce: their batches are settled, and nothing is drawn from them any more. */
  async dropTexts(channelId: bigint, nonce: bigint): Promise<void> {
    const writes: Write[] = [];
    for await (const [key] of this.#db.iterate({
      ...nonceRange("exchange", channelId, 1n, nonce + 1n),
      limit: DROPPED_MAX,
    })) {
      writes.push([key, undefined]);
    }
    if (writes.length > 0) await this.#writer.write(writes);
  }

  close(): Promise<void> {
    return this.#db.close();
  }

  #read<N extends MessageName>(name: N, key: Bytes): Messages[N] | undefined {
    const value = this.#db.get(key);
    return value === undefined ? undefined : decoded(name, value);
  }
}

/** Rows that one call drops: the next call goes on. */
const DROPPED_MAX = 10_000;

function encoded<N extends MessageName>(name: N, value: Messages[N]): Bytes {
  return message(name).encode(value);
}

function decoded<N extends MessageName>(name: N, value: Bytes): Messages[N] {
  const row = message(name).decode(value, ROW_BYTES_MAX);
  if (!isRejection(row)) return row;
  throw new StorageFault("storage.read", `a row of the book is no ${name}: restore it from a copy`);
}
