import { toHex } from "#proto/bytes.js";
import { shownJson } from "#proto/client/words/shown.js";

/** JSON as Cosmos clients know it: bigint as decimal text, bytes as lower-case hex; undefined is left out. */
export function toJson(value: unknown, indent?: number): string {
  return shownJson(JSON.stringify(value, replace, indent));
}

function replace(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return toHex(value);
  return value;
}
