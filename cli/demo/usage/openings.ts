import type { Opening } from "#proto/attribution/opening.js";
import { leafAt, sumPath } from "#proto/attribution/sum-tree.js";
import { present } from "#proto/assert.js";
import { message } from "#proto/codec/message.js";
import { packBySize } from "../pack.js";
import type { SignedBatch } from "./consumer.js";

const openingCodec = message("tributary.attribution.v1.Opening");

/** A redeemed voucher and what it covers. */
export interface Redeemed {
  readonly voucherId: bigint;
  readonly signed: SignedBatch;
}

/** Where the sample fell: a point in the audited sum of one voucher. */
export interface Point {
  readonly voucherId: bigint;
  readonly point: bigint;
}

/** Everything that shows receipt `index` to be what the consumer signed. */
export function openingOf({ voucherId, signed }: Redeemed, index: number): Opening {
  const { receipt, tokens, promptTokens } = signed.receipts[index]!;
  return {
    voucherId,
    index: BigInt(index),
    receipt,
    seed: signed.seeds[index]!,
    tokens,
    promptTokens,
    context: [],
    path: sumPath(signed.tree, index),
  };
}

export function openAll(redeemed: readonly Redeemed[]): Opening[] {
  return redeemed.flatMap((one) => one.signed.receipts.map((_, index) => openingOf(one, index)));
}

/** The drawn receipts, each once however often it was drawn. */
export function openDrawn(redeemed: readonly Redeemed[], points: readonly Point[]): Opening[] {
  const wanted = new Map<string, Opening>();
  for (const { voucherId, point } of points) {
    const voucher = present(
      redeemed.find((one) => one.voucherId === voucherId),
      "the sample is of vouchers that were redeemed here",
    );
    const index = leafAt(voucher.signed.tree, point);
    wanted.set(`${voucherId}/${index}`, openingOf(voucher, index));
  }
  return [...wanted.values()];
}

/** Openings in their order, in lists that each fit into a transaction. */
export function packOpenings(openings: readonly Opening[], bytesMax: number): Opening[][] {
  return packBySize(openings, (opening) => openingCodec.encode(opening).length, bytesMax);
}
