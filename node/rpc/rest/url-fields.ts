import type { Json, JsonObject } from "#proto/codec/json-text.js";

/** Fields whose URL parameter may come several times. */
const LISTS: ReadonlySet<string> = new Set(["events"]);

/** "pagination.limit=5&pagination.reverse=true" and path names as one JSON object; numbers are still texts. */
export function urlFields(variables: Readonly<Record<string, string>>, search: URLSearchParams): JsonObject {
  const out: Record<string, Json> = Object.create(null) as Record<string, Json>;
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name);
    const value: Json = LISTS.has(name) ? values : typed(values[values.length - 1]!);
    const [outer, inner] = name.split(".", 2) as [string, string?];
    if (inner === undefined) out[outer] = value;
    else out[outer] = { ...(out[outer] as JsonObject | undefined), [inner]: value };
  }
  return Object.assign(out, variables);
}

const typed = (text: string): Json => (text === "true" ? true : text === "false" ? false : text);
