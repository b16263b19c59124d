import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { colourOf } from "../theme.js";

const HEIGHT = 190;

/** Bars over time, drawn by uPlot; what they say is in the figure's own words beside it. @param times unix seconds */
export function TimeBars(props: {
  readonly label: string;
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly unit: string;
}) {
  const { label, times, values, unit } = props;
  const place = useRef<HTMLDivElement>(null);
  const key = `${times.join()} ${values.join()}`;
  useEffect(() => {
    const box = place.current;
    if (box === null || times.length === 0) return undefined;
    const quiet = colourOf("--quiet");
    const grid = { stroke: colourOf("--line"), width: 1 };
    const axis = { stroke: quiet, grid, ticks: { show: false }, font: "12px system-ui, sans-serif" };
    const plot = new uPlot(
      {
        width: box.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
        scales: {
          x: { time: true, range: (_, from, to) => spread(from, to) },
          y: { range: (_, __, to) => [0, to === 0 ? 1 : to * 1.1] },
        },
        axes: [
          { ...axis, space: 90, values: (_, ticks) => ticks.map((tick) => utcTick(tick, times.at(-1)! - times[0]!)) },
          { ...axis, size: 76, values: (_, ticks) => ticks.map((tick) => `${Number(tick.toPrecision(6))} ${unit}`) },
        ],
        series: [
          {},
          {
            label,
            fill: colourOf("--accent"),
            stroke: colourOf("--accent"),
            paths: uPlot.paths.bars!({ size: [0.75, 42] }),
            points: { show: false },
          },
        ],
      },
      [[...times], [...values]],
      box,
    );
    const sized = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: HEIGHT }));
    sized.observe(box);
    return () => {
      sized.disconnect();
      plot.destroy();
    };
  }, [key, unit]);
  return <div class="plot" ref={place} role="img" aria-label={label} />;
}

const DAY = 86_400;

/** "14:48:50" within a day, else "12-01", as this page writes times everywhere. @param span seconds from first to last */
function utcTick(seconds: number, span: number): string {
  const text = new Date(seconds * 1000).toISOString();
  return span < DAY ? text.slice(11, 19) : text.slice(5, 10);
}

/** Room on both sides of the bars: a single one stands in the middle. */
function spread(from: number, to: number): [number, number] {
  const side = to === from ? 30 : (to - from) * 0.06;
  return [from - side, to + side];
}
