import { parseAmount } from "#proto/amount.js";
import { fromJson, toJsonFields, type Streamed } from "#proto/codec/json.js";
import type { JsonObject } from "#proto/codec/json-text.js";
import type { MessageName, Messages } from "#proto/codec/message.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import { genesisErrors } from "#proto/types/genesis.js";
import type { GenesisField } from "./module.js";

/**
 * Decodes a module's part of app_state, which is one message in JSON; an absent part is an empty message. Rejects with
 * the field.
 */
export function readGenesis<N extends MessageName>(module: string, name: N, state: unknown): Messages[N] | Rejection {
  const value = fromJson(name, (state ?? {}) as JsonObject);
  if (!isRejection(value)) return value;
  const field = String(value.data["field"]).replace(name, `app_state.${module}`);
  return reject(genesisErrors.invalid, { field, want: value.data["expected"] });
}

/** The fields of that message, for export; its lists may be generators over the view. */
export function writeGenesis<N extends MessageName>(name: N, value: Streamed<Messages[N]>): Iterable<GenesisField> {
  return toJsonFields(name, value);
}

/** The values of a table's rows, streamed. */
export function* values<V>(rows: Iterable<readonly [unknown, V]>): Generator<V, void, undefined> {
  for (const [, value] of rows) yield value;
}

/** Maps rows, streamed. */
export function* each<R, T>(rows: Iterable<R>, make: (row: R) => T): Generator<T, void, undefined> {
  for (const row of rows) yield make(row);
}

/** Rejects a field of a module's part of app_state. */
export function invalidGenesis(module: string, field: string, want: string): Rejection {
  return reject(genesisErrors.invalid, { field: `app_state.${module}.${field}`, want });
}

/** Rejects the first field that is not a decimal amount. */
export function amountProblem(
  module: string,
  path: string,
  amounts: Readonly<Record<string, string>>,
): Rejection | undefined {
  const bad = Object.entries(amounts).find(([, text]) => parseAmount(text) === undefined);
  if (bad === undefined) return undefined;
  const field = bad[0].replace(/[A-Z]/g, (letter) => `_${String.fromCharCode(letter.charCodeAt(0) + 32)}`);
  return invalidGenesis(module, `${path}.${field}`, "a decimal string");
}
