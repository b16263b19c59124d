import type { Opening } from "#proto/attribution/opening.js";
import { openingParts } from "#proto/attribution/parts.js";
import { leafAt, sumPath } from "#proto/attribution/sum-tree.js";
import { present } from "#proto/assert.js";
import { message } from "#proto/codec/message.js";
import { packBySize } from "../../book/pack.js";
import type { SignedBatch } from "./consumer.js";

const openingCodec = message("tributary.attribution.v1.Opening");

/** A voucher that was redeemed after the one before it, each in its own batch. */
export interface Redeemed {
  readonly voucherId: bigint;
  readonly signed: SignedBatch;
}

/** Where the sample fell: a point in the audited sum of a voucher's channel. */
export interface Point {
  readonly voucherId: bigint;
  readonly point: bigint;
}

/** A receipt by its place. */
export interface Place {
  readonly voucherId: bigint;
  readonly index: number;
}

/** Every receipt that these vouchers added. */
export function allPlaces(redeemed: readonly Redeemed[]): Place[] {
  return redeemed.flatMap(({ voucherId, signed: { kept, first } }) =>
    kept.slice(first).map((_, i) => ({ voucherId, index: first + i })),
  );
}

/** The drawn receipts, each once however often it was drawn. */
export function drawnPlaces(redeemed: readonly Redeemed[], points: readonly Point[]): Place[] {
  const wanted = new Map<string, Place>();
  for (const { voucherId, point } of points) {
    const index = leafAt(voucherOf(redeemed, voucherId).signed.tree, point);
    wanted.set(`${voucherId}/${index}`, { voucherId, index });
  }
  return [...wanted.values()];
}

/**
 * Everything that shows these receipts to be what the consumers signed, in lists that each fit into a transaction. A
 * receipt that is larger than one comes in parts.
 */
export function packOpenings(redeemed: readonly Redeemed[], places: readonly Place[], bytesMax: number): Opening[][] {
  const parts = places.flatMap(({ voucherId, index }) => {
    const { kept, tree } = voucherOf(redeemed, voucherId).signed;
    const place = { voucherId, index: BigInt(index), path: sumPath(tree, index) };
    return openingParts(kept[index]!.issued, place, bytesMax);
  });
  return packBySize(parts, (part) => openingCodec.encode(part).length, bytesMax);
}

function voucherOf(redeemed: readonly Redeemed[], id: bigint): Redeemed {
  return present(
    redeemed.find(({ voucherId }) => voucherId === id),
    "the sample is of vouchers that were redeemed here",
  );
}
