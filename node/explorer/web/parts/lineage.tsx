import { layered, type Bond, type Kin } from "../../present/lineage.js";

const BOX = { width: 168, height: 50 };
const STEP = { x: 236, y: 66 };

/** Relatives as boxes with lines between them. The same is a list beside it. */
export function Lineage({ kin, bonds }: { readonly kin: readonly Kin[]; readonly bonds: readonly Bond[] }) {
  const placed = layered(kin, bonds);
  const at = new Map(placed.map((each) => [each.key, { x: each.column * STEP.x + 2, y: each.row * STEP.y + 2 }]));
  const width = Math.max(...placed.map(({ column }) => column)) * STEP.x + BOX.width + 4;
  const height = Math.max(...placed.map(({ row }) => row)) * STEP.y + BOX.height + 4;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Lineage picture; the list below says the same">
      <svg class="lineage" width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        {bonds.map(({ from, to, label }) => {
          const [a, b] = [at.get(from), at.get(to)];
          if (a === undefined || b === undefined) return null;
          const [x1, y1, x2, y2] = [a.x + BOX.width, a.y + BOX.height / 2, b.x, b.y + BOX.height / 2];
          const middle = (x1 + x2) / 2;
          return (
            <g key={`${from} ${to}`} aria-hidden="true">
              <path d={`M${x1},${y1} C${middle},${y1} ${middle},${y2} ${x2},${y2}`} />
              <text class="bond" x={middle} y={(y1 + y2) / 2 - 5}>
                {label}
              </text>
            </g>
          );
        })}
        {placed.map(({ key, label, sub, href, kind }) => {
          const { x, y } = at.get(key)!;
          return (
            <a key={key} href={href}>
              <title>{label}</title>
              <rect class={kind} x={x} y={y} width={BOX.width} height={BOX.height} rx="9" />
              <text x={x + 12} y={y + 21}>
                {label.length > 21 ? `${label.slice(0, 20)}…` : label}
              </text>
              <text class="sub" x={x + 12} y={y + 38}>
                {sub}
              </text>
            </a>
          );
        })}
      </svg>
    </div>
  );
}
