import type { ComponentChildren } from "preact";
import { shareOf, type Fine } from "../../present/amount.js";
import { Amount } from "./basic.js";

export interface BarRow {
  readonly key: string;
  readonly name: ComponentChildren;
  readonly amount: bigint;
  readonly note?: string;
}

/** Amounts beside each other: a list with bars of their shares. */
export function Bars({ rows, fine = 0 }: { readonly rows: readonly BarRow[]; readonly fine?: Fine }) {
  const most = rows.reduce((max, { amount }) => (amount > max ? amount : max), 0n);
  return (
    <ul class="bars">
      {rows.map(({ key, name, amount, note }) => (
        <li key={key}>
          <span class="name">
            {name}
            {note !== undefined && <span class="quiet"> {note}</span>}
          </span>
          <Amount of={amount} fine={fine} />
          <span class="track" aria-hidden="true">
            <span style={{ width: `${shareOf(amount, most) / 100}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}
