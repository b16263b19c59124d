/** A column of a table as text. */
export interface CsvColumn<T> {
  readonly title: string;
  cell(row: T): string;
}

/**
 * Rows as CSV (RFC 4180) under the titles of their columns. What a spreadsheet would take for a formula gets an apostrophe in
 * front: titles and names come from strangers.
 */
export function toCsv<T>(rows: readonly T[], columns: readonly CsvColumn<T>[]): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => cellsOf(row, columns))];
  return lines.map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");
}

function cellsOf<T>(row: T, columns: readonly CsvColumn<T>[]): string[] {
  return columns.map(({ cell }) => cell(row).replace(/^[=+\-@\t\r]/, "'$&"));
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
