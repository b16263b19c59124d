import { percent } from "../../present/amount.js";

export interface Share {
  readonly name: string;
  readonly basisPoints: number;
  readonly tone: number;
}

/** Parts of a whole as one bar with its legend. */
export function Shares({ parts }: { readonly parts: readonly Share[] }) {
  const shown = parts.filter(({ basisPoints }) => basisPoints > 0);
  return (
    <div class="shares">
      <div class="track" aria-hidden="true">
        {shown.map(({ name, basisPoints, tone }) => (
          <span key={name} class={`fill${tone}`} style={{ flexGrow: basisPoints }} />
        ))}
      </div>
      <ul>
        {shown.map(({ name, basisPoints, tone }) => (
          <li key={name}>
            <span class={`dot fill${tone}`} aria-hidden="true" /> {name} <b>{percent(basisPoints)}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
