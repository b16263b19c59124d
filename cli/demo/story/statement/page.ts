import { BILLIONTHS } from "#proto/amount.js";
import { toTable, type Column } from "../../../output/table.js";
import { formatCoin } from "../../../coins.js";
import type { World } from "../../../world.js";

/** Where the statement goes: stdout, unless that is kept for one JSON object. */
export interface Page {
  table<T>(title: string, rows: readonly T[], columns: readonly Column<T>[]): void;
  /** An amount of base units. */
  coin(amount: bigint): string;
  /** An amount of billionths, rounded down to the base unit: a page for people. */
  part(billionths: bigint): string;
}

export function makePage({ out, terms }: World): Page {
  const coin = (amount: bigint): string => formatCoin({ denom: terms.denom, amount }, terms);
  return {
    table(title, rows, columns) {
      if (out.format === "json" || rows.length === 0) return;
      out.line(`\n${title}\n${toTable(rows, columns)}`);
    },
    coin,
    part: (billionths) => coin(billionths / BILLIONTHS),
  };
}

export function column<T>(title: string, cell: (row: T) => string): Column<T> {
  return { title, cell };
}

export function amount<T>(title: string, cell: (row: T) => string): Column<T> {
  return { title, cell, right: true };
}
