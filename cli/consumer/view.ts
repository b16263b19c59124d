import { toHex } from "#proto/bytes.js";
import type { Pool } from "#proto/client/consumer/index.js";
import { requestTexts } from "#proto/exchange/texts.js";
import type { DiskBooks } from "./book/books.js";

/** One receipt for its owner. */
export interface ReceiptView {
  /** Unix milliseconds. */
  readonly time: number;
  readonly channel: bigint;
  readonly nonce: bigint;
  readonly provider: string;
  readonly version: bigint;
  /** Base units. */
  readonly fee: bigint;
  readonly asked: string;
  readonly answer: string;
}

/** One channel for its owner. */
export interface ChannelView {
  readonly channel: bigint;
  readonly provider: string;
  readonly version: bigint;
  readonly url: string;
  /** open, or why nothing more is asked. */
  readonly state: string;
  /** Base units; absent when the program does not run. */
  readonly deposit?: bigint;
  readonly signed: bigint;
  readonly exposure?: bigint;
  readonly open: number;
  /** Fields of answers that were refused. */
  readonly refused: readonly string[];
}

/** Characters of a question and an answer in a list; receipts of one page. */
const TEXT_MAX = 20_000;
export const RECEIPTS_MAX = 10_000;

/** The newest receipts of all channels, at most `limit`. Work: those receipts of every channel. */
export async function receiptsOf(books: DiskBooks, limit: number): Promise<ReceiptView[]> {
  const all: ReceiptView[] = [];
  for (const { head } of books.allHeads()) {
    const { channelId, versionId } = head.terms;
    let left = limit;
    for await (const { time, exchange } of books.receipts(channelId)) {
      if (left-- === 0) break;
      const { asked, sealed } = exchange;
      const { nonce = 0n, fee = 0n } = sealed?.receipt ?? {};
      const own = requestTexts(asked?.texts ?? []).filter(({ kind }) => kind === "own");
      all.push({
        ...{ time, channel: channelId, nonce, provider: head.provider, version: versionId, fee },
        asked: (own.at(-1)?.text ?? "").slice(0, TEXT_MAX),
        answer: (sealed?.answer ?? "").slice(0, TEXT_MAX),
      });
    }
  }
  return all.sort((a, b) => b.time - a.time).slice(0, limit);
}

/** Every channel, as the book and, while the program runs, its memory have it. */
export async function channelsOf(books: DiskBooks, pool: Pool | undefined): Promise<ChannelView[]> {
  const views: ChannelView[] = [];
  for (const { head, isWithdrawn } of books.allHeads()) {
    const { channelId, versionId } = head.terms;
    const running = pool?.consumers.find((one) => one.head.terms.channelId === channelId);
    const kept = running === undefined ? await books.book(channelId).load() : undefined;
    const { signed, open } = running?.sums ?? {
      signed: kept?.voucher?.row.voucher?.amount ?? 0n,
      open: kept?.open.length ?? 0,
    };
    const why = running?.stopped?.data["why"];
    views.push({
      ...{ channel: channelId, provider: head.provider, version: versionId, url: head.url, signed, open },
      state: isWithdrawn ? "withdrawn" : typeof why === "string" ? why : "open",
      ...(running === undefined ? {} : { deposit: running.sums.deposit, exposure: running.sums.exposure }),
      refused: books
        .refused(channelId)
        .map(({ field, asked }) => `${field} of ${toHex(asked?.signature ?? new Uint8Array(0)).slice(0, 16)}`),
    });
  }
  return views;
}
