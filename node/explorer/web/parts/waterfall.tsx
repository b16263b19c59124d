import { shareOf, shownAmount } from "../../present/amount.js";
import { waterfall, type Part } from "../../present/waterfall.js";
import { useChain } from "../live.js";
import { Amount } from "./basic.js";

export interface FeePart extends Part {
  /** One sentence about who has it. */
  readonly who: string;
  readonly tone: number;
}

const HEIGHT = 330;
const WIDTH = 360;
const BAR = 10;
const SIZE = { height: HEIGHT, gap: 8, least: 40 };

/** Where a sum went: streams for the eye, a list for everybody. */
export function Waterfall({ whole, parts }: { readonly whole: bigint; readonly parts: readonly FeePart[] }) {
  const { coinage } = useChain();
  const streams = waterfall(parts, SIZE);
  const bottom = streams.at(-1)?.to[1] ?? HEIGHT;
  return (
    <div class="waterfall">
      <svg viewBox={`0 0 ${WIDTH} ${bottom}`} preserveAspectRatio="none" aria-hidden="true">
        <rect x="0" y="0" width={BAR} height={bottom} rx="2" class="source" />
        {streams.map(({ part, from, to }) => {
          const scale = bottom / HEIGHT;
          const [top, low] = [from[0] * scale, from[1] * scale];
          const middle = WIDTH / 2;
          return (
            <g key={part.name} class={`tone${part.tone}`}>
              <path
                d={`M${BAR},${top} C${middle},${top} ${middle},${to[0]} ${WIDTH - BAR},${to[0]} V${to[1]} C${middle},${to[1]} ${middle},${low} ${BAR},${low} Z`}
              />
              <rect x={WIDTH - BAR} y={to[0]} width={BAR} height={to[1] - to[0]} rx="2" />
            </g>
          );
        })}
      </svg>
      <p class="whole">
        <span class="quiet">Fees of use</span>
        <strong>
          <Amount of={whole} />
        </strong>
      </p>
      <ul>
        {streams.map(({ part, to }) => (
          <li
            key={part.name}
            class={`tone${part.tone}`}
            style={{ flexGrow: to[1] - to[0], flexBasis: 0 }}
            title={`${shownAmount(part.amount, coinage, 0).exact} ${coinage.symbol}: ${part.who}`}
          >
            <span class="name">
              {part.name} <span class="who">{part.who}</span>
            </span>
            <span class="sum">
              <Amount of={part.amount} />
              <span class="share">{(shareOf(part.amount, whole) / 100).toFixed(1)} %</span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
