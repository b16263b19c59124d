import { parseAmount } from "#proto/amount.js";

/** How a chain writes its coin for people: genesis decides. */
export interface Coinage {
  /** Of the chain's records, as "utrib". */
  readonly base: string;
  /** For people, as "TRIB". */
  readonly symbol: string;
  /** 10^exponent base units are one for people. */
  readonly exponent: number;
}

/** Decimals after the exponent: the ledger and credits are in billionths of the base unit. */
export type Fine = 0 | 9;

/** An amount for people. */
export interface Shown {
  /** At most six decimals, rounded down; "<0.000001" where that would say zero. */
  readonly short: string;
  /** All digits. */
  readonly exact: string;
  readonly symbol: string;
}

const DECIMALS = 6;

/** An amount of the chain's coin. @param fine 0: base units, 9: billionths of them */
export function shownAmount(amount: bigint, { symbol, exponent }: Coinage, fine: Fine): Shown {
  const scale = exponent + fine;
  const digits = amount.toString().padStart(scale + 1, "0");
  const whole = grouped(digits.slice(0, digits.length - scale));
  const fraction = digits.slice(digits.length - scale);
  const cut = fraction.slice(0, DECIMALS);
  const isBelow = amount > 0n && whole === "0" && /^0*$/.test(cut) && scale > DECIMALS;
  return {
    short: isBelow ? "<0.000001" : withFraction(whole, cut),
    exact: withFraction(whole, fraction),
    symbol,
  };
}

function withFraction(whole: string, fraction: string): string {
  const digits = fraction.replace(/0+$/, "");
  return digits === "" ? whole : `${whole}.${digits}`;
}

/** "1234567" as "1,234,567". */
export function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A decimal number of the chain; zero for any other text, which an honest node never sends. */
export function amountFrom(text: string | undefined): bigint {
  return parseAmount(text ?? "") ?? 0n;
}

/** Basis points in per cent: "30 %", "2.5 %". */
export function percent(basisPoints: number | bigint): string {
  const points = BigInt(basisPoints);
  const rest = (points % 100n).toString().padStart(2, "0").replace(/0+$/, "");
  return `${points / 100n}${rest === "" ? "" : `.${rest}`} %`;
}

/** part of whole, in basis points, rounded down; 0 of nothing. */
export function shareOf(part: bigint, whole: bigint): number {
  return whole <= 0n ? 0 : Number((part * 10_000n) / whole);
}

/** A decimal of staking and slashing, as "0.100000000000000000", in per cent. */
export function decimalPercent(text: string): string {
  const [whole = "0", fraction = ""] = text.split(".");
  const basisPoints = parseAmount(`${whole}${fraction.padEnd(4, "0").slice(0, 4)}`.replace(/^0+(?=.)/, ""));
  return percent(basisPoints ?? 0n);
}
