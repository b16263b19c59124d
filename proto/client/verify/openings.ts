import { isWhole, type BatchRecord } from "../../attribution/batch.js";
import { NOTHING_SHOWN, piecesIn, ruledReceipt, showPieces, verifyHead } from "../../attribution/opening.js";
import type { Receipt } from "../../attribution/receipt.js";
import type { RuledReceipt } from "../../attribution/rule/receipt.js";
import type { BatchPlan, Share } from "../../attribution/settle.js";
import type { VoucherRecord } from "../../attribution/stretch.js";
import { present } from "../../assert.js";
import type { Bytes } from "../../bytes.js";
import type { Messages } from "../../codec/message.js";
import { fromBech32 } from "../../crypto/address.js";
import { stateKeys } from "../../light/state-keys.js";
import type { Comparison } from "./compare.js";
import { must, VerifyFault } from "./fault.js";
import type { OpeningPlace } from "./source.js";
import { inOrder } from "./state.js";
import type { VoucherWorld } from "./vouchers.js";

/** An opening as the chain stores it, without its pieces. */
type OpenedRecord = Messages["tributary.attribution.v1.OpenedReceipt"];

/** An opened receipt that takes part in its batch, verified. */
export interface VerifiedReceipt extends OpeningPlace {
  readonly receipt: Receipt;
  readonly share: Share;
  readonly ruled: RuledReceipt;
}

const nameOf = ({ voucherId, index }: OpeningPlace): string => `opening of receipt ${index} under voucher ${voucherId}`;

/**
 * All openings of a batch, each verified against the signed voucher, piece by piece. None can be omitted: the batch's
 * record counts the answered draws.
 */
export async function readOpenings(
  world: VoucherWorld,
  terms: OpeningTerms,
  found: Comparison,
): Promise<VerifiedReceipt[]> {
  const { source, state } = world;
  const { batch } = terms;
  const places = distinct(await source.openingPlaces(batch.id, state.height));
  const receipts = await inOrder(places, (place) => readOpening(world, terms, place, found));
  const answered = receipts.reduce((sum, { share }) => sum + share.draws, 0);
  if (BigInt(answered) !== batch.answered) {
    const drawn = isWhole(batch) ? "receipts" : "draws";
    const why = `the batch counts ${batch.answered} answered ${drawn}, what the node shows answers ${answered}`;
    throw new VerifyFault("incomplete", `openings of batch ${batch.id}`, why);
  }
  return receipts;
}

/** The data that an opening of a batch is checked against. */
export interface OpeningTerms {
  readonly batch: BatchRecord;
  /** Of the batch, ascending by id. */
  readonly vouchers: readonly VoucherRecord[];
  readonly plan: BatchPlan;
  /** How many datanets the version's releases come from. */
  readonly versionDatanets: number;
}

/** One opened receipt, verified against the signed voucher, piece by piece. Throws VerifyFault if it is not opened. */
export async function readOpening(
  world: VoucherWorld,
  { batch, vouchers, plan, versionDatanets }: OpeningTerms,
  place: OpeningPlace,
  found: Comparison,
): Promise<VerifiedReceipt> {
  const what = nameOf(place);
  const { voucherId, index } = place;
  const key = stateKeys.opening(batch.id, voucherId, index);
  const record = await world.state.get("tributary.attribution.v1.OpenedReceipt", key, what);
  const voucher = vouchers.find(({ id }) => id === voucherId);
  const { head } = record;
  if (voucher === undefined || head === undefined || record.voucherId !== voucherId || record.index !== index) {
    throw new VerifyFault("wrong_record", what, "the record is of another opening");
  }
  const at = { chainId: world.chainId, versionId: batch.versionId, formed: batch.formedHeight };
  const interval = must(what, verifyHead(voucher, index, head, at));
  found.equal(`interval of the ${what}`, [record.intervalFrom, record.intervalTo], [interval.from, interval.to]);
  const pieces = await readPieces(world, batch.id, record, piecesIn(head), what);
  const shown = must(what, showPieces(head, NOTHING_SHOWN, pieces));
  found.equal(`pieces of the ${what}`, record.pieces, shown.pieces);
  const share = plan.shareOf(voucherId, interval);
  if (share === undefined) throw new VerifyFault("wrong_record", what, "the receipt was not drawn");
  const receipt = present(head.receipt, "a verified head has its receipt");
  return { voucherId, index, receipt, share, ruled: must(what, ruledReceipt(head, pieces, versionDatanets)) };
}

async function readPieces(
  { state, bech32Prefix }: VoucherWorld,
  batchId: bigint,
  { voucherId, index, opener }: OpenedRecord,
  count: number,
  what: string,
): Promise<Bytes[]> {
  const address = fromBech32(bech32Prefix, opener);
  if (address === undefined) throw new VerifyFault("wrong_record", what, `${opener} is no address of this chain`);
  const numbers = Array.from({ length: count }, (_, piece) => piece);
  return inOrder(numbers, async (piece) => {
    const name = `piece ${piece} of the ${what}`;
    const bytes = await state.bytes(stateKeys.openingPiece(batchId, voucherId, index, address, piece), name);
    if (bytes === undefined) throw new VerifyFault("missing", name, "the state has none");
    return bytes;
  });
}

function distinct(places: readonly OpeningPlace[]): OpeningPlace[] {
  return [...new Map(places.map((place) => [nameOf(place), place])).values()];
}
