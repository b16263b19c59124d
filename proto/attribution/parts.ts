import type { Bytes } from "../bytes.js";
import { message } from "../codec/message.js";
import type { Issued } from "./issue.js";
import type { Opening } from "./opening.js";
import type { SumNode } from "./sum-tree.js";

const codec = message("tributary.attribution.v1.Opening");

/** Where a receipt is: its redeemed voucher, and its place in the voucher's tree. */
export interface ReceiptPlace {
  readonly voucherId: bigint;
  readonly index: bigint;
  readonly path: readonly SumNode[];
}

/**
 * The parts that show a receipt, in order, each at most `bytesMax` encoded; a part has at least one piece, so that one is
 * larger if a single piece is.
 */
export function openingParts({ head, pieces }: Issued, place: ReceiptPlace, bytesMax: number): Opening[] {
  const { voucherId, index, path } = place;
  const first: Opening = { voucherId, index, head: { ...head, path: [...path] }, pieces: [] };
  const parts: Opening[] = [];
  let part = first;
  let size = codec.encode(part).length;
  let shown: Bytes[] = [];
  for (const piece of pieces) {
    const grown = piece.length + 4; // Its field's key and length.
    if (shown.length > 0 && size + grown > bytesMax) {
      parts.push({ ...part, pieces: shown });
      part = { voucherId, index, head: undefined, pieces: [] };
      size = codec.encode(part).length;
      shown = [];
    }
    shown.push(piece);
    size += grown;
  }
  return [...parts, { ...part, pieces: shown }];
}
