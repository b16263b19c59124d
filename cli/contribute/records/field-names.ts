import { usage } from "../../fault.js";

/** @throws CliFault(usage) if a wanted field is in no record */
export function checkFields(wanted: readonly string[], found: ReadonlySet<string>, path: string): void {
  for (const name of wanted) {
    if ([...found].some((field) => isWithin(field, name))) continue;
    throw usage(
      `${path}: no text in a field ${JSON.stringify(name)}`,
      found.size === 0 ? "no record of it has a field with text" : `it has ${namesOf([...found])}`,
    );
  }
}

/** Whether a field is another one or lies in it. */
export function isWithin(field: string, outer: string): boolean {
  return field === outer || field.startsWith(`${outer}.`);
}

const NAMES_MAX = 8;

/** Names out of a file, as they may stand in a terminal. */
export function namesOf(fields: readonly string[]): string {
  const names = fields.slice(0, NAMES_MAX).map((field) => (/^[\w. -]+$/.test(field) ? field : JSON.stringify(field)));
  const more = fields.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ");
}
