import { fieldsOf } from "#proto/codec/json.js";
import type { MessageName, Messages } from "#proto/codec/message.js";
import { unitsOf } from "./billionths.js";
import { wordFor } from "#proto/client/words/codes.js";

/** A message as people read it: snake_case, bytes in hex, codes with their words, amounts in base units; for `-o text`. */
export function readable<N extends MessageName>(name: N, value: Messages[N]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const field of fieldsOf(name)) {
    const item = (value as Readonly<Record<string, unknown>>)[field.name];
    const one = (entry: unknown): unknown => {
      if (field.type === "message") {
        return entry === undefined ? null : readable(field.ref as MessageName, entry as never);
      }
      const word = wordFor(name, field.json, entry);
      return word === undefined ? (unitsOf(name, field.json, entry) ?? entry) : `${String(entry)} (${word})`;
    };
    out[field.json] = field.repeated ? (item as readonly unknown[]).map(one) : one(item);
  }
  return out;
}
