import { AMOUNT_MAX, parseAmount } from "#proto/amount.js";
import { usage } from "./fault.js";
import type { ChainTerms } from "./world.js";

export interface Coin {
  readonly denom: string;
  readonly amount: bigint;
}

const COIN = /^([0-9]+)(?:\.([0-9]+))?([a-zA-Z][a-zA-Z0-9/:._-]{1,127})$/;

/** "12.5trib" or "12500000utrib". Only the display denomination has a point. @throws CliFault(usage) */
export function parseCoin(text: string, terms: ChainTerms): Coin {
  const match = COIN.exec(text.replaceAll("_", ""));
  if (match === null) {
    throw usage(`"${text}" is not an amount`, `like 12.5${terms.displayDenom} or 12500000${terms.denom}`);
  }
  const [, whole = "0", fraction = "", unit = ""] = match;
  // 1e3trib and 0x10utrib would be read as coins called e3trib and x10utrib.
  if (/^[ex][0-9]/i.test(unit)) throw usage(`"${text}" is not an amount`, "use digits only, without an exponent or 0x");
  const isDisplay = unit.toLowerCase() === terms.displayDenom.toLowerCase();
  if (!isDisplay && fraction !== "") {
    throw usage(`"${text}": ${unit} has no fractions; only ${terms.displayDenom} is written with a decimal point`);
  }
  if (isDisplay && fraction.length > terms.displayExponent) {
    throw usage(
      `"${text}" has more than ${terms.displayExponent} digits after the decimal point`,
      `the smallest unit is 1${terms.denom}`,
    );
  }
  const digits = isDisplay ? whole + fraction.padEnd(terms.displayExponent, "0") : whole;
  const amount = parseAmount(digits.replace(/^0+(?=.)/, ""));
  if (amount === undefined) throw usage(`"${text}" is above ${AMOUNT_MAX}`);
  return { denom: isDisplay ? terms.denom : unit, amount };
}

/** Comma-separated coins, sorted by denomination, each once. */
export function parseCoins(text: string, terms: ChainTerms): readonly Coin[] {
  const coins = text.split(",").map((item) => parseCoin(item.trim(), terms));
  coins.sort((a, b) => (a.denom < b.denom ? -1 : a.denom > b.denom ? 1 : 0));
  for (let i = 1; i < coins.length; i++) {
    if (coins[i]!.denom === coins[i - 1]!.denom) throw usage(`${coins[i]!.denom} is given twice`);
  }
  return coins;
}

/** An amount in the base unit: "12.5trib", "12500000utrib" or bare "12500000". */
export function parseBaseAmount(text: string, terms: ChainTerms): bigint {
  const bare = parseAmount(text);
  if (bare !== undefined) return bare;
  const coin = parseCoin(text, terms);
  if (coin.denom !== terms.denom) throw usage(`"${text}": this must be in ${terms.denom} or ${terms.displayDenom}`);
  return coin.amount;
}

/** "12.5trib" for the chain's coin, "7ufoo" for others: for people, never for signing. */
export function formatCoin(coin: { readonly denom: string; readonly amount: bigint }, terms: ChainTerms): string {
  if (coin.denom !== terms.denom) return `${coin.amount}${coin.denom}`;
  const digits = coin.amount.toString().padStart(terms.displayExponent + 1, "0");
  const cut = digits.length - terms.displayExponent;
  const fraction = digits.slice(cut).replace(/0+$/, "");
  return `${digits.slice(0, cut)}${fraction === "" ? "" : `.${fraction}`}${terms.displayDenom}`;
}
