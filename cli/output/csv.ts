import type { Column } from "./table.js";

/**
 * Rows as CSV (RFC 4180) under their titles in small letters. What a spreadsheet would take for a formula gets an apostrophe
 * in front: titles and names come from strangers.
 */
export function toCsv<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const lines = [columns.map(({ title }) => title.toLowerCase()), ...rows.map((row) => cellsOf(row, columns))];
  return lines.map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");
}

function cellsOf<T>(row: T, columns: readonly Column<T>[]): string[] {
  return columns.map(({ cell }) => cell(row).replace(/^[=+\-@\t\r]/, "'$&"));
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
