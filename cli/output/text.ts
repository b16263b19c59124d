import { toHex } from "#proto/bytes.js";
import { shown } from "#proto/client/words/shown.js";

/** A value as indented "key: value" lines, in the order of its keys: what `-o text` prints where a command has no table. */
export function toText(value: unknown, indent = ""): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return `${indent}[]`;
    return value.map((item) => `${indent}- ${nested(item, indent)}`).join("\n");
  }
  if (isRecord(value)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    if (entries.length === 0) return `${indent}{}`;
    return entries.map(([key, item]) => `${indent}${shown(key)}:${branch(item, indent)}`).join("\n");
  }
  return `${indent}${scalar(value)}`;
}

function nested(item: unknown, indent: string): string {
  return isRecord(item) || Array.isArray(item) ? toText(item, `${indent}  `).trimStart() : scalar(item);
}

function branch(item: unknown, indent: string): string {
  if (Array.isArray(item) && item.length > 0) return `\n${toText(item, indent)}`;
  if (isRecord(item) && Object.keys(item).length > 0) return `\n${toText(item, `${indent}  `)}`;
  return ` ${Array.isArray(item) ? "[]" : isRecord(item) ? "{}" : scalar(item)}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function scalar(value: unknown): string {
  if (value instanceof Uint8Array) return toHex(value);
  if (value === null || value === undefined) return "null";
  return shown(String(value));
}
