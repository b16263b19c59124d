import { parseRfc3339 } from "../time.js";

const ZONED = /^([0-9-]{10}T[0-9:]{8})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})$/;

/** Unix milliseconds of `yyyy-mm-dd` at midnight UTC; undefined for anything else. */
export function parseDate(text: string): bigint | undefined {
  return /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) ? parseRfc3339(`${text}T00:00:00Z`) : undefined;
}

/** Unix milliseconds of an RFC 3339 time in any zone; digits below a millisecond are cut off, as block time has none. */
export function parseTime(text: string): bigint | undefined {
  const match = ZONED.exec(text);
  if (match === null) return undefined;
  const [, clock, fraction = "0", zone] = match as unknown as [string, string, string | undefined, string];
  const utc = parseRfc3339(`${clock}.${fraction.slice(0, 3)}Z`);
  if (utc === undefined || zone === "Z") return utc;
  const hours = BigInt(zone.slice(1, 3));
  const minutes = BigInt(zone.slice(4, 6));
  if (hours > 23n || minutes > 59n) return undefined;
  const offset = (hours * 60n + minutes) * 60_000n;
  return zone.startsWith("-") ? utc + offset : utc - offset;
}
