import { usage } from "../../fault.js";
import { checkFields, isWithin } from "./field-names.js";
import { checkDepth } from "./record-list.js";

/** A JSON text whose depth was bounded before anything was built. @throws CliFault(usage) naming the place */
export function parsed(text: string, place: string): unknown {
  checkDepth(depthOf(text), place);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw usage(`${place}: not JSON`);
  }
}

/** How deep brackets and braces outside strings are nested. */
function depthOf(text: string): number {
  let [depth, deepest, inString] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const unit = text[at];
    if (inString) {
      if (unit === "\\") at++;
      else inString = unit !== '"';
    } else if (unit === '"') inString = true;
    else if (unit === "[" || unit === "{") deepest = Math.max(deepest, ++depth);
    else if (unit === "]" || unit === "}") depth--;
  }
  return deepest;
}

interface Found {
  /** Names from the outside in, joined by dots; lists have no name of their own. */
  readonly field: string;
  readonly text: string;
}

/** Makes one text of the strings of each record. */
export class JsonFields {
  readonly #wanted: readonly string[];
  readonly #seen = new Set<string>();

  /** @param wanted fields in the order of their text; none: all strings, those of an object in the order of their names */
  constructor(wanted: readonly string[]) {
    this.#wanted = wanted;
  }

  textOf(record: unknown): string {
    const all: Found[] = [];
    collect(record, "", all);
    for (const { field } of all) if (field !== "") this.#seen.add(field);
    const chosen =
      this.#wanted.length === 0
        ? all
        : this.#wanted.flatMap((wanted) => all.filter(({ field }) => isWithin(field, wanted)));
    return chosen.map(({ text }) => text).join("\n");
  }

  /** The fields that text came from. @throws CliFault(usage) if one that is wanted is in no record */
  found(path: string): string[] {
    checkFields(this.#wanted, this.#seen, path);
    return this.#wanted.length === 0 ? [...this.#seen].sort() : [...this.#wanted];
  }
}

/** The depth of the value is bounded. */
function collect(value: unknown, field: string, into: Found[]): void {
  if (typeof value === "string") into.push({ field, text: value });
  else if (Array.isArray(value)) for (const item of value) collect(item, field, into);
  else if (typeof value === "object" && value !== null) {
    const members = value as Readonly<Record<string, unknown>>;
    for (const name of Object.keys(members).sort()) {
      collect(members[name], field === "" ? name : `${field}.${name}`, into);
    }
  }
}
