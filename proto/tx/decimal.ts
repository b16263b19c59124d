/**
 * The Cosmos SDK's decimals: 18 digits behind the point, integers in protobuf ("100000000000000000") and with the point in
 * JSON ("0.100000000000000000").
 */
const DIGITS = 18;

/** Which fields of Cosmos messages are decimals, by their names in JSON. */
const FIELDS: ReadonlySet<string> = new Set([
  "rate",
  "max_rate",
  "max_change_rate",
  "commission_rate",
  "min_commission_rate",
  "delegator_shares",
  "shares",
]);

/** Whether a field of this name holds an 18-digit decimal, stored as an integer. */
export function isDecimalField(name: string): boolean {
  return FIELDS.has(name);
}

/** With the point; a text that is no integer stays as it is. */
export function decimalText(atomics: string): string {
  if (!/^[0-9]+$/.test(atomics)) return atomics;
  const digits = atomics.padStart(DIGITS + 1, "0");
  return `${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS)}`;
}

/** Without the point: "0.1" is 10^17; undefined for what is no decimal. */
export function decimalAtomics(text: string): string | undefined {
  const match = /^([0-9]{1,60})(?:\.([0-9]{1,18}))?$/.exec(text);
  if (match === null) return undefined;
  const digits = `${match[1]}${(match[2] ?? "").padEnd(DIGITS, "0")}`;
  return digits.replace(/^0+(?=.)/, "");
}
