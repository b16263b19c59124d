import { isAddressText } from "../crypto/address.js";
import { pathTo, refuse } from "../codec/json.js";
import { isJsonObject, type Json } from "../codec/json-text.js";
import type { Rejection } from "../rejection.js";
import { decimalAtomics, isDecimalField } from "./decimal.js";

/** Fields of Cosmos messages by their names in JSON: cosmjs-types has no table of them. */

interface TextKind {
  readonly holds: (name: string) => boolean;
  /** As cosmjs-types reads it; undefined refuses. */
  readonly read: (text: string) => Json | undefined;
  readonly expected: string;
}

const ENUMS: ReadonlySet<string> = new Set(["order_by", "mode"]);
const AMOUNTS: ReadonlySet<string> = new Set(["amount", "min_self_delegation"]);

const KINDS: readonly TextKind[] = [
  { holds: isDecimalField, read: decimalAtomics, expected: "a decimal, at most 18 digits behind the point" },
  {
    holds: (name) => /(^|_)addr(ess)?$/.test(name),
    read: (text) => (isAddressText(text) ? text : undefined),
    expected: "a bech32 address",
  },
  {
    holds: (name) => AMOUNTS.has(name),
    read: (text) => (/^[0-9]+$/.test(text) ? text : undefined),
    expected: "a decimal integer",
  },
  // By its number too, as the gateway reads it.
  { holds: (name) => ENUMS.has(name), read: (text) => (/^[0-9]{1,9}$/.test(text) ? Number(text) : text), expected: "" },
];

/** A text of JSON in the form that cosmjs-types reads; empty is the default of any kind. */
export function textOf(name: string, text: string, at: string): Json | Rejection {
  const kind = text === "" ? undefined : KINDS.find(({ holds }) => holds(name));
  if (kind === undefined) return text;
  return kind.read(text) ?? refuse(at, kind.expected);
}

const UNRECOGNIZED = "UNRECOGNIZED";

/** The first field of which a message keeps something else than was given. */
export function firstUnread(
  given: Json,
  kept: Json | undefined,
  at: string,
  skipsUnknown: boolean,
): { readonly field: string; readonly expected: string } | undefined {
  if (Array.isArray(given) && Array.isArray(kept)) {
    for (const [i, item] of (given as readonly Json[]).entries()) {
      const unread = firstUnread(item, (kept as readonly Json[])[i], `${at}[${i}]`, skipsUnknown);
      if (unread !== undefined) return unread;
    }
    return undefined;
  }
  if (isJsonObject(given) && isJsonObject(kept)) {
    if ("typeUrl" in kept && !("typeUrl" in given)) {
      return { field: pathTo(at, "@type"), expected: "the type of this message" };
    }
    for (const [name, item] of Object.entries(given)) {
      const field = pathTo(at, snake(name));
      const known = Object.hasOwn(kept, name) && kept[name] !== undefined;
      if (!known && skipsUnknown) continue;
      if (!known) return { field, expected: "a field of this message" };
      const unread = ENUMS.has(snake(name))
        ? enumUnread(item, kept[name]!, field)
        : firstUnread(item, kept[name], field, skipsUnknown);
      if (unread !== undefined) return unread;
    }
    return undefined;
  }
  const isLeaf = typeof given !== "object" && typeof kept !== "object";
  return isLeaf && String(given) === String(kept) ? undefined : { field: at, expected: "a value of its type" };
}

function enumUnread(given: Json, kept: Json, field: string) {
  const isKept = kept !== UNRECOGNIZED && (given === kept || typeof given === "number");
  return isKept ? undefined : { field, expected: "one of the names of its enum" };
}

const shifted = (letter: string, by: number): string => String.fromCharCode(letter.charCodeAt(0) + by);
const TO_LOWER = 32;

/** `toAddress` to `to_address`: the name of a field in JSON. Changes the letters A to Z alone. */
export const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${shifted(letter, TO_LOWER)}`);
/** The inverse of `snake` for names of letters and digits; an underscore before anything but a to z stays. */
export const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => shifted(letter, -TO_LOWER));
