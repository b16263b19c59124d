import { BILLIONTHS, unitsText } from "#proto/amount.js";
import { amountOf } from "#proto/attribution/settled.js";
import { CliFault } from "../../fault.js";
import type { Batch } from "./steps/settled.js";

/** Results of the story; amounts are decimal strings in the base unit, of credits with up to nine decimals. */
export interface Summary {
  readonly height: number;
  readonly validators: number;
  /** Accepted ones. */
  readonly contributions: number;
  readonly batches: readonly {
    readonly receipts: number;
    readonly drawn: number;
    readonly pool: string;
    readonly credited: string;
    /** Part of what is credited: it waits. */
    readonly contested: string;
    readonly residual: string;
    readonly forfeited: string;
  }[];
  /** fees = burned + paid + pending + the forfeited and the whole units of the residuals of all batches */
  readonly fees: string;
  readonly burned: string;
  /** To owners and to treasuries of datanets. */
  readonly paid: string;
  /** Not with its owner: contested, held back, accruing, owed, and the validators' part, which waits in the fee collector. */
  readonly pending: string;
  readonly verified: boolean;
  /** One a validator, of the same height. */
  readonly appHashes: readonly string[];
}

/** Where all fees since genesis are, in base units, as the usage module counts: a unit that is shared is pending. */
export interface FeeTotals {
  readonly fees: bigint;
  readonly burned: bigint;
  readonly validators: bigint;
  readonly paid: bigint;
  readonly pending: bigint;
  readonly residual: bigint;
  readonly forfeited: bigint;
}

export interface SummaryParts {
  readonly height: bigint;
  readonly validators: number;
  readonly contributions: number;
  readonly batches: readonly Batch[];
  readonly totals: FeeTotals;
  readonly verified: boolean;
  readonly appHashes: readonly string[];
}

/** @throws CliFault(story) when a unit of the fees is nowhere, or a pool is not credited + residual */
export function summarise({ height, batches, totals, ...rest }: SummaryParts): Summary {
  const rows = batches.map(({ id, receipts, pool, settlement }) => {
    const { drawn = 0n, forfeited = 0n } = settlement ?? {};
    const amount = (name: "credited" | "contested" | "residual"): bigint => amountOf(settlement?.[name] ?? "0");
    const [credited, contested, residual] = [amount("credited"), amount("contested"), amount("residual")];
    if (pool * BILLIONTHS !== credited + residual) {
      const parts = `${unitsText(credited)} credited + ${unitsText(residual)} residual`;
      throw new CliFault("story", `batch ${id}: pool ${pool} is not ${parts}`);
    }
    return { receipts, drawn, pool, credited, contested, residual, forfeited };
  });
  const sum = (of: (row: (typeof rows)[number]) => bigint): bigint => rows.reduce((total, row) => total + of(row), 0n);
  const pending = totals.pending + totals.validators;
  const residual = sum((row) => row.residual) / BILLIONTHS;
  const found = totals.burned + totals.paid + pending + residual + sum(({ forfeited }) => forfeited);
  if (found !== totals.fees) {
    throw new CliFault("story", `of ${totals.fees} paid in fees only ${found} can be found`);
  }
  return {
    height: Number(height),
    validators: rest.validators,
    contributions: rest.contributions,
    batches: rows.map((row) => ({
      receipts: Number(row.receipts),
      drawn: Number(row.drawn),
      pool: row.pool.toString(),
      credited: unitsText(row.credited),
      contested: unitsText(row.contested),
      residual: unitsText(row.residual),
      forfeited: row.forfeited.toString(),
    })),
    fees: totals.fees.toString(),
    burned: totals.burned.toString(),
    paid: totals.paid.toString(),
    pending: pending.toString(),
    verified: rest.verified,
    appHashes: rest.appHashes,
  };
}
