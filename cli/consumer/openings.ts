import { allPages, type Client } from "#proto/client/index.js";
import type { Wallet } from "#proto/client/consumer/index.js";
import type { Messages } from "#proto/codec/message.js";
import type { Exchange } from "#proto/exchange/provider.js";
import { counted, type Counted } from "#proto/exchange/stretch.js";
import { present } from "#proto/assert.js";
import { isRejection, type Rejection } from "#proto/rejection.js";
import { ownAny } from "#proto/tx/build.js";
import { wantedOpenings, type OpeningSource } from "../book/openings.js";
import type { DiskBooks } from "./book/books.js";

/** Phase of a batch whose receipts can be shown, as the query numbers them. */
const OPENING = 3;

/** The receipts of a consumer's book, for openings. */
export function openingSource(books: DiskBooks): OpeningSource {
  const terms = new Map(books.allHeads().map(({ head }) => [head.terms.channelId, head.terms]));
  return {
    terms: (channelId) => terms.get(channelId),
    async leaves(channelId, count) {
      const leaves: Counted[] = [];
      for await (const { sealed } of books.book(channelId).exchanges(1n, count)) {
        leaves.push(counted(present(sealed?.receipt, "a row has a receipt")));
      }
      return leaves;
    },
    async exchange(channelId, nonce) {
      let found: Exchange | undefined;
      for await (const exchange of books.book(channelId).exchanges(nonce, nonce)) found = exchange;
      return found;
    },
  };
}

/**
 * Opens what was drawn of the consumer's receipts in batches whose provider is late: less than half of the window is left. So a
 * provider that withholds openings takes nothing from the contributors. Work: the unsettled batches of the book's providers.
 * @param window blocks of an opening window
 * @returns batches with what became of them
 */
export async function openLate(
  {
    node,
    books,
    wallet,
  }: { readonly node: Client; readonly books: DiskBooks; readonly wallet: Pick<Wallet, "address" | "send"> },
  height: bigint,
  window: bigint,
): Promise<{ readonly batchId: bigint; readonly receipts: number; readonly refused: Rejection | undefined }[]> {
  const done: { batchId: bigint; receipts: number; refused: Rejection | undefined }[] = [];
  const source = openingSource(books);
  for (const provider of new Set(books.allHeads().map(({ head }) => head.provider))) {
    for (const batchId of await unsettled(node, provider)) {
      const { phase, epoch, progress } = await node.query("tributary.attribution.v1.Query/Batch", { batchId });
      const left = (epoch?.deadline ?? 0n) - height;
      if (phase !== OPENING || progress !== undefined || 2n * left > window) continue;
      const lists = await wantedOpenings(node, batchId, source);
      let refused: Rejection | undefined;
      for (const openings of lists) {
        const fields = { signer: wallet.address, batchId, openings };
        const sent = await wallet.send([ownAny("tributary.attribution.v1.MsgOpenSample", fields)]);
        refused = isRejection(sent) ? sent : undefined;
        if (refused !== undefined) break;
      }
      if (lists.length > 0) {
        done.push({ batchId, receipts: lists.flat().filter(({ head }) => head !== undefined).length, refused });
      }
    }
  }
  return done;
}

/** Batches of a provider that are not settled: the newest hundred. */
async function unsettled(node: Client, provider: string): Promise<bigint[]> {
  const pagination = { key: new Uint8Array(0), offset: 0n, limit: 100n, countTotal: false, reverse: true };
  const { batches } = await node.query("tributary.attribution.v1.Query/Batches", { provider, pagination });
  return batches.filter(({ settlement }) => settlement === undefined).map(({ id }) => id);
}

/** Where a receipt is on the chain. */
export interface SettledPlace {
  readonly batchId: bigint;
  readonly voucherId: bigint;
  readonly index: bigint;
  readonly isSettled: boolean;
}

/** Vouchers of a channel in the batches of its provider: each receipt is in one, once it is redeemed. */
export async function placesOf(
  node: Client,
  provider: string,
  channelId: bigint,
): Promise<(nonce: bigint) => SettledPlace | undefined> {
  const batches = await allPages(
    (pagination) => node.query("tributary.attribution.v1.Query/Batches", { provider, pagination }),
    (answer) => answer.batches,
  );
  const rows: { batchId: bigint; row: Messages["tributary.attribution.v1.Voucher"]; isSettled: boolean }[] = [];
  for (const { id: batchId, settlement } of batches) {
    const vouchers = await allPages(
      (pagination) => node.query("tributary.attribution.v1.Query/Vouchers", { batchId, pagination }),
      (answer) => answer.vouchers,
    );
    for (const row of vouchers) {
      if (row.channelId === channelId) rows.push({ batchId, row, isSettled: settlement !== undefined });
    }
  }
  return (nonce) => {
    const index = nonce - 1n; // Every receipt is audited.
    const found = rows.find(({ row }) => row.afterAuditCount <= index && index < row.auditCount);
    return found === undefined ? undefined : { ...found, voucherId: found.row.id, index };
  };
}
