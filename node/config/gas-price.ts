import { GAS_PRICE_SCALE } from "#state/check.js";
import { ConfigFault } from "./fault.js";

const PRICE = /^([0-9]{1,20})(?:\.([0-9]{1,18}))?([a-zA-Z][a-zA-Z0-9/:._-]{1,127})$/;

/** "0.0025utrib" as a price scaled by GAS_PRICE_SCALE. @throws ConfigFault, also for a coin that pays no fees here */
export function gasPriceMin(text: string, feeDenom: string): bigint {
  const match = PRICE.exec(text);
  const [, whole = "", fraction = "", denom = ""] = match ?? [];
  if (match === null || denom !== feeDenom) {
    throw new ConfigFault([`app.toml minimum-gas-prices = "${text}": a price in ${feeDenom}, like 0.0025${feeDenom}`]);
  }
  return BigInt(whole) * GAS_PRICE_SCALE + BigInt(fraction.padEnd(18, "0"));
}
