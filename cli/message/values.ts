import { fieldsOf } from "#proto/codec/json.js";
import type { MessageName, Messages } from "#proto/codec/message.js";
import { wordFor } from "./codes.js";

/** A message with every field at its default. */
export function emptyMessage<N extends MessageName>(name: N): Messages[N] {
  const out: Record<string, unknown> = {};
  for (const field of fieldsOf(name)) out[field.name] = field.repeated ? [] : ZERO[field.type];
  return out as Messages[N];
}

const ZERO: Readonly<Record<ReturnType<typeof fieldsOf>[number]["type"], unknown>> = {
  ...{ uint64: 0n, int64: 0n, sint64: 0n, fixed64: 0n, sfixed64: 0n },
  ...{ uint32: 0, int32: 0, sint32: 0, fixed32: 0, sfixed32: 0, enum: 0 },
  ...{ bool: false, string: "", bytes: new Uint8Array(0), message: undefined },
};

/** A message as people read it: snake_case, bytes in hex, codes with their words; for `-o text`. */
export function readable<N extends MessageName>(name: N, value: Messages[N]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const field of fieldsOf(name)) {
    const item = (value as Readonly<Record<string, unknown>>)[field.name];
    const one = (entry: unknown): unknown => {
      if (field.type === "message")
        return entry === undefined ? null : readable(field.ref as MessageName, entry as never);
      const word = wordFor(name, field.json, entry);
      return word === undefined ? entry : `${String(entry)} (${word})`;
    };
    out[field.json] = field.repeated ? (item as readonly unknown[]).map(one) : one(item);
  }
  return out;
}
