const SECOND = 1000;
const UNITS = [
  ["day", 86_400 * SECOND],
  ["hour", 3_600 * SECOND],
  ["minute", 60 * SECOND],
  ["second", SECOND],
] as const;

/** Of a JavaScript Date (ECMA-262, section 21.4.1.1). */
const TIME_MAX = 8_640_000_000_000_000;

/** "2026-01-31 12:30:05 UTC". @param ms unix milliseconds */
export function utcText(ms: bigint | number): string {
  const at = Number(ms);
  if (!(at >= 0 && at <= TIME_MAX)) return `${ms} ms`;
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** "12 s ago", "in 3 h": one unit is enough beside the exact time. */
export function agoText(ms: bigint | number, nowMs: number): string {
  const distance = nowMs - Number(ms);
  const text = shortSpan(Math.abs(distance));
  if (text === "0 s") return "now";
  return distance < 0 ? `in ${text}` : `${text} ago`;
}

function shortSpan(ms: number): string {
  const [unit, size] = UNITS.find(([, length]) => ms >= length) ?? UNITS[3];
  const letters = { day: "d", hour: "h", minute: "min", second: "s" } as const;
  return `${Math.floor(ms / size)} ${letters[unit]}`;
}

/** A span in its largest whole unit: "7 days", "90 seconds", "10 seconds". */
export function spanText(ms: bigint | number): string {
  const length = Number(ms);
  const [unit, size] = UNITS.find(([, each]) => length >= each && length % each === 0) ?? ["millisecond", 1];
  const count = length / size;
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** RFC 3339 of a node's JSON as unix milliseconds; 0 for any other text. */
export function timeFrom(text: string): number {
  const ms = Date.parse(text);
  return Number.isFinite(ms) ? ms : 0;
}
