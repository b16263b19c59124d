/** Block time is unix milliseconds as bigint, shown as RFC 3339. Uses no platform date, so all engines agree. */

const TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?Z$/;

/**
 * Parses an RFC 3339 time in UTC, years 1970 to 9999, to unix milliseconds. Digits below a millisecond must be zero.
 * Undefined for anything else.
 */
export function parseRfc3339(text: unknown): bigint | undefined {
  if (typeof text !== "string") return undefined;
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = (match[7] ?? "").padEnd(9, "0");
  if (!/^0*$/.test(fraction.slice(3))) return undefined;
  const days = daysSinceEpoch(year, month, day);
  return BigInt(((days * 24 + hour) * 60 + minute) * 60 + second) * 1000n + BigInt(fraction.slice(0, 3));
}

/** RFC 3339 in UTC with milliseconds. @param time unix milliseconds, not negative */
export function formatRfc3339(time: bigint): string {
  const ms = time % 1000n;
  let rest = Number(time / 1000n);
  const second = rest % 60;
  rest = Math.trunc(rest / 60);
  const minute = rest % 60;
  rest = Math.trunc(rest / 60);
  const hour = rest % 24;
  let days = Math.trunc(rest / 24);
  let year = 1970;
  for (let length = yearDays(year); days >= length; length = yearDays(year)) {
    days -= length;
    year++;
  }
  let month = 1;
  for (let length = daysInMonth(year, month); days >= length; length = daysInMonth(year, month)) {
    days -= length;
    month++;
  }
  const two = (n: number): string => String(n).padStart(2, "0");
  const date = `${String(year).padStart(4, "0")}-${two(month)}-${two(days + 1)}`;
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}.${String(ms).padStart(3, "0")}Z`;
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const yearDays = (year: number): number => (isLeap(year) ? 366 : 365);

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function daysSinceEpoch(year: number, month: number, day: number): number {
  let days = day - 1;
  for (let y = 1970; y < year; y++) days += yearDays(y);
  for (let m = 1; m < month; m++) days += daysInMonth(year, m);
  return days;
}
