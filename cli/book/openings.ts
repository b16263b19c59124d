import { allPages, type Client } from "#proto/client/index.js";
import type { Opening } from "#proto/attribution/opening.js";
import { openingParts } from "#proto/attribution/parts.js";
import { receiptLeaf } from "#proto/attribution/receipt.js";
import { leafAt, sumPath, sumTree, type SumTree } from "#proto/attribution/sum-tree.js";
import { message, type Messages } from "#proto/codec/message.js";
import { askedTexts, type Exchange } from "#proto/exchange/provider.js";
import { receiptOf, type ChannelTerms } from "#proto/exchange/sealed.js";
import type { Counted } from "#proto/exchange/stretch.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { CliFault } from "../fault.js";
import { packBySize } from "./pack.js";

const openingCodec = message("tributary.attribution.v1.Opening");
/** The chain takes transactions of 128 kB; smaller ones leave a block room for others. */
const OPENING_BYTES_PER_TX = 24_000;

type Row = Messages["tributary.attribution.v1.Voucher"];

/** What either side's book holds of its channels. */
export interface OpeningSource {
  /** Undefined for a channel of somebody else. */
  terms(channelId: bigint): ChannelTerms | undefined;
  /** Receipts 1 to `count` as vouchers count them. */
  leaves(channelId: bigint, count: bigint): Promise<readonly Counted[]>;
  exchange(channelId: bigint, nonce: bigint): Promise<Exchange | undefined>;
}

/** A receipt that the chain wants to see. */
interface Wanted {
  readonly row: Row;
  readonly index: number;
}

/**
 * What is still to be shown of a batch in its opening window, by this side's book, in lists that each fit into a transaction.
 * Empty once all is shown. Work: the leaves of each channel that is drawn from, and the drawn receipts.
 */
export async function wantedOpenings(node: Client, batchId: bigint, source: OpeningSource): Promise<Opening[][]> {
  const rows = await allPages(
    (pagination) => node.query("tributary.attribution.v1.Query/Vouchers", { batchId, pagination }),
    ({ vouchers }) => vouchers,
  );
  const own = rows.filter(({ channelId }) => source.terms(channelId) !== undefined);
  const trees = new Map<bigint, SumTree>();
  for (const row of own) trees.set(row.id, await treeOf(row, source));
  const sample = await node.query("tributary.attribution.v1.Query/Sample", { batchId });
  const wanted = sample.whole ? await unopened(node, batchId, own) : drawn(sample.points, own, trees);
  const parts: Opening[] = [];
  for (const { row, index } of wanted) {
    const path = sumPath(trees.get(row.id)!, index);
    const issued = await issuedAt(source, row.channelId, BigInt(index + 1));
    parts.push(...openingParts(issued, { voucherId: row.id, index: BigInt(index), path }, OPENING_BYTES_PER_TX));
  }
  return packBySize(parts, (part) => openingCodec.encode(part).length, OPENING_BYTES_PER_TX);
}

/** A sampled batch: the receipts whose intervals hold the points that nobody has answered, each once. */
function drawn(
  points: Messages["tributary.attribution.v1.QuerySampleResponse"]["points"],
  rows: readonly Row[],
  trees: ReadonlyMap<bigint, SumTree>,
): Wanted[] {
  const wanted = new Map<string, Wanted>();
  for (const { voucherId, point, answered } of points) {
    const row = rows.find(({ id }) => id === voucherId);
    if (answered || row === undefined) continue;
    const index = leafAt(trees.get(voucherId)!, point);
    wanted.set(`${voucherId}/${index}`, { row, index });
  }
  return [...wanted.values()];
}

/** A batch that is opened whole: every receipt of it that is not shown yet. */
async function unopened(node: Client, batchId: bigint, rows: readonly Row[]): Promise<Wanted[]> {
  const openings = await allPages(
    (pagination) => node.query("tributary.attribution.v1.Query/Openings", { batchId, pagination }),
    (answer) => answer.openings,
  );
  const shown = new Set(
    openings.filter(({ edge }) => edge === undefined).map(({ voucherId, index }) => `${voucherId}/${index}`),
  );
  const wanted: Wanted[] = [];
  for (const row of rows) {
    for (let index = Number(row.afterAuditCount); index < Number(row.auditCount); index++) {
      if (!shown.has(`${row.id}/${index}`)) wanted.push({ row, index });
    }
  }
  return wanted;
}

async function treeOf(row: Row, source: OpeningSource): Promise<SumTree> {
  const leaves = await source.leaves(row.channelId, row.auditCount);
  const tree = sumTree(leaves.map(({ fee, hash }) => receiptLeaf(fee, hash)));
  if (isRejection(tree)) throw new CliFault("book", `channel ${row.channelId}: ${rejectionText(tree)}`);
  return tree;
}

async function issuedAt(source: OpeningSource, channelId: bigint, nonce: bigint) {
  const [terms, kept] = [source.terms(channelId), await source.exchange(channelId, nonce)];
  const sealed = kept?.sealed;
  if (terms === undefined || kept?.asked === undefined || sealed?.receipt === undefined) {
    throw new CliFault("book", `receipt ${nonce} of channel ${channelId} is drawn and is not in the book`, {
      fix: "restore the book's folder from a copy before the opening window ends",
    });
  }
  const { receipt, seed, added, answer } = sealed;
  const issued = receiptOf(terms, askedTexts(kept.asked), { nonce, seed, time: receipt.time, added, answer });
  if (isRejection(issued)) throw new CliFault("book", `receipt ${nonce}: ${rejectionText(issued)}`);
  return issued;
}
