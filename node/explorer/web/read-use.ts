import { amountFrom } from "../present/amount.js";
import { sumsBy, type Sum } from "../present/earnings.js";
import { node, pageRequest } from "./node.js";
import type { Batch } from "./parts/batches.js";

/** Pages of batches that are looked through for one version: the chain lists them by provider, not by version. */
const PAGES = 3;
const ROWS = 100;
/** Batches whose credits are summed up by datanet. */
const CREDITED = 10;

/** What the newest batches say of a version. Amounts: fees and pool in base units, the others in billionths. */
export interface Use {
  readonly batches: number;
  readonly receipts: bigint;
  readonly fees: bigint;
  /** In billionths, as what is credited. */
  readonly pool: bigint;
  readonly credited: bigint;
  readonly residual: bigint;
  readonly datanets: readonly Sum<bigint>[];
  /** There are more batches, or more credits, than were looked at. */
  readonly isPartial: boolean;
}

export async function readUse(versionId: bigint): Promise<Use> {
  const own: Batch[] = [];
  let key: Uint8Array = new Uint8Array(0);
  for (let page = 0; page < PAGES; page++) {
    const pagination = pageRequest({ key, limit: ROWS, reverse: true });
    const answer = await node.query("tributary.attribution.v1.Query/Batches", { pagination });
    own.push(...answer.batches.filter((batch) => batch.versionId === versionId));
    key = answer.pagination?.nextKey ?? new Uint8Array(0);
    if (key.length === 0) break;
  }
  const settled = own.filter(({ settlement }) => settlement !== undefined);
  const credits = await Promise.all(
    settled.slice(0, CREDITED).map(({ id }) =>
      node.query("tributary.attribution.v1.Query/Credits", {
        batchId: id,
        pagination: pageRequest({ key: new Uint8Array(0), limit: ROWS, reverse: false }),
      }),
    ),
  );
  const lines = credits.flatMap(({ credits: rows }) =>
    rows.map(({ datanetId, amount }) => ({
      versionId,
      contributionId: datanetId,
      earned: amountFrom(amount),
      dueTime: 0n,
    })),
  );
  const sum = (of: (batch: Batch) => bigint): bigint => own.reduce((all, batch) => all + of(batch), 0n);
  return {
    batches: own.length,
    receipts: sum(({ receipts }) => receipts),
    fees: sum(({ fees }) => fees),
    pool: sum(({ pool, settlement }) => (settlement === undefined ? 0n : pool * 1_000_000_000n)),
    credited: sum(({ settlement }) => amountFrom(settlement?.credited)),
    residual: sum(({ settlement }) => amountFrom(settlement?.residual)),
    datanets: sumsBy(lines, ({ contributionId }) => contributionId),
    isPartial:
      key.length > 0 ||
      settled.length > CREDITED ||
      credits.some(({ pagination }) => (pagination?.nextKey.length ?? 0) > 0),
  };
}
