import { isJsonObject, type Json } from "#proto/codec/json-text.js";

const LIMIT = 100;
const LIMIT_MAX = 1000;

const whole = (value: Json | undefined): number =>
  typeof value === "string" && /^[0-9]{1,9}$/.test(value) ? Number(value) : 0;

/** The SDK's offset and limit over a list of known length; 100 entries unless told, at most 1,000. */
export function pageOf(pagination: Json | undefined, total: number): { skip: number; limit: number } {
  const fields = isJsonObject(pagination) ? pagination : {};
  const limit = whole(fields["limit"]);
  return { skip: Math.min(whole(fields["offset"]), total), limit: limit === 0 ? LIMIT : Math.min(limit, LIMIT_MAX) };
}
