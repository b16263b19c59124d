import type { ComponentChildren } from "preact";

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => ComponentChildren;
  /** Numbers stand at the right. */
  readonly right?: boolean;
  /** The name of the row: on a phone it is the head of the card. */
  readonly main?: boolean;
}

/** A table; on a phone each row is a card. Roles are written out because the layout there would take them away. */
export function Table<T>(props: {
  readonly caption: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T, at: number) => string | number | bigint;
}) {
  const { caption, rows, columns, keyOf } = props;
  return (
    <table role="table" aria-label={caption}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ title, right }) => (
            <th key={title} role="columnheader" scope="col" class={right ? "right" : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row, at) => (
          <tr key={String(keyOf(row, at))} role="row">
            {columns.map(({ title, cell, right, main }) => (
              <td
                key={title}
                role="cell"
                data-name={title}
                class={[right && "right", main && "main"].filter(Boolean).join(" ")}
              >
                <div>{cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
