import { isJsonObject, type Json, type JsonObject } from "../../codec/json-text.js";
import { reject, type Rejection } from "../../rejection.js";
import { exchangeErrors } from "../errors.js";

/**
 * Reads members of untrusted JSON. The first failure stays, and what is read after it means nothing: the caller asks for the
 * failure once, at the end. A member of null counts as left out, as OpenAI's clients mean it.
 */
export class Fields {
  failure: Rejection | undefined;

  fail(failure: Rejection): void {
    this.failure ??= failure;
  }

  wrongType(field: string, need: string): void {
    this.fail(reject(exchangeErrors.wrongType, { field, need }));
  }

  /** A text; "" where it is left out. */
  text(object: JsonObject, key: string, field = key): string {
    const value = object[key] ?? "";
    if (typeof value === "string") return value;
    this.wrongType(field, "a string");
    return "";
  }

  /** False where it is left out. */
  flag(object: JsonObject, key: string): boolean {
    const value = object[key] ?? false;
    if (typeof value === "boolean") return value;
    this.wrongType(key, "a boolean");
    return false;
  }

  /** A whole number of at least 1; undefined where it is left out. */
  count(object: JsonObject, key: string): number | undefined {
    const value = object[key] ?? undefined;
    if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= 1)) {
      return value as number | undefined;
    }
    this.wrongType(key, "a whole number of at least 1");
    return undefined;
  }

  /** A list; empty where it is left out. */
  list(object: JsonObject, key: string, field = key): readonly Json[] {
    const value = object[key] ?? [];
    if (Array.isArray(value)) return value as readonly Json[];
    this.wrongType(field, "a list");
    return [];
  }

  /** An object; undefined where it is left out. */
  object(value: Json | undefined, field: string): JsonObject | undefined {
    if (value === undefined || value === null) return undefined;
    if (isJsonObject(value)) return value;
    this.wrongType(field, "an object");
    return undefined;
  }
}
