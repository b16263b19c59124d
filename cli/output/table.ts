import { shown } from "#proto/client/words/shown.js";

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => string;
  readonly right?: boolean;
}

/** Rows under titles, columns as wide as their longest cell, two spaces apart. Nothing is cut off: scripts read it too. */
export function toTable<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((column) => shown(column.cell(row)))),
  ];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)));
  const pad = (text: string, i: number): string =>
    columns[i]!.right === true ? text.padStart(widths[i]!) : text.padEnd(widths[i]!);
  return cells.map((line) => line.map(pad).join("  ").trimEnd()).join("\n");
}
