import { toTable, type Column } from "../../../output/table.js";
import { formatCoin } from "../../../coins.js";
import type { World } from "../../../world.js";

/** Where the statement goes: stdout, unless that is kept for one JSON object. */
export interface Page {
  table<T>(title: string, rows: readonly T[], columns: readonly Column<T>[]): void;
  coin(amount: bigint): string;
}

export function makePage({ out, terms }: World): Page {
  return {
    table(title, rows, columns) {
      if (out.format === "json" || rows.length === 0) return;
      out.line(`\n${title}\n${toTable(rows, columns)}`);
    },
    coin: (amount) => formatCoin({ denom: terms.denom, amount }, terms),
  };
}

export function column<T>(title: string, cell: (row: T) => string): Column<T> {
  return { title, cell };
}

export function amount<T>(title: string, cell: (row: T) => string): Column<T> {
  return { title, cell, right: true };
}
