import { assert } from "#proto/assert.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import type { Tx } from "#proto/tx/decode.js";
import { countFields } from "#proto/codec/field-count.js";
import { FIELDS_PER_TX_MAX } from "#proto/limits.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { MessageRow, Module, QueryHandler } from "./module.js";
import { auth } from "./modules/auth/index.js";
import { bank } from "./modules/bank/index.js";
import { chain } from "./modules/chain/index.js";
import { attribution } from "./modules/attribution/index.js";
import { datanet } from "./modules/datanet/index.js";
import { model } from "./modules/model/index.js";
import { staking } from "./modules/staking/index.js";
import { payout } from "./modules/payout/index.js";
import { usage } from "./modules/usage/index.js";
import { slashing } from "./modules/slashing/index.js";
import { refuseClashes } from "./store/keyspace.js";

/** All modules, in the order in which genesis and the begin and end of a block run. */
export const modules: readonly Module[] = [
  chain,
  auth,
  bank,
  staking,
  slashing,
  datanet,
  model,
  usage,
  attribution,
  payout,
];

refuseClashes(modules);

/** Modules that this version does not have; their messages are rejected by name. */
const LATER: readonly (readonly [prefix: string, module: string])[] = [
  ["/cosmos.distribution.", "distribution"],
  ["/cosmos.gov.", "gov"],
  ["/cosmos.upgrade.", "upgrade"],
  ["/cosmos.authz.", "authz"],
  ["/cosmos.feegrant.", "feegrant"],
  ["/cosmos.vesting.", "vesting"],
  ["/cosmos.mint.", "mint"],
  ["/tributary.rights.", "rights"],
  ["/tributary.shares.", "shares"],
  ["/tributary.market.", "market"],
  ["/tributary.disclosure.", "disclosure"],
  ["/tributary.dispute.", "dispute"],
];

const messageRows = collect("message", ({ messages }) => messages.map((row) => [row.typeUrl as string, row]));
const queryRows = collect("query", ({ queries }) => Object.entries(queries));

function collect<T>(
  kind: string,
  rows: (module: Module) => readonly (readonly [name: string, row: T])[],
): ReadonlyMap<string, T> {
  const all = new Map<string, T>();
  for (const module of modules) {
    for (const [name, row] of rows(module)) {
      assert(!all.has(name), `${kind} ${name} of ${module.name} exists already`);
      all.set(name, row);
    }
  }
  return all;
}

/** A decoded message with its row. */
export interface ReadMessage {
  readonly typeUrl: string;
  readonly row: MessageRow;
  readonly value: unknown;
}

/**
 * Decodes the messages of a transaction. An unknown type, more than FIELDS_PER_TX_MAX fields or malformed bytes reject
 * the transaction.
 * @param counted called with the number of fields before any message is decoded
 */
export function readMessages(tx: Tx, counted: (fields: number) => void = () => undefined): ReadMessage[] | Rejection {
  const rows: MessageRow[] = [];
  let fields = tx.fields;
  for (const [i, { typeUrl, value }] of tx.messages.entries()) {
    const row = messageRows.get(typeUrl);
    if (row === undefined) return unknownRow(typeUrl, `messages[${i}]`);
    fields += countFields(value, row.shape, FIELDS_PER_TX_MAX - fields);
    if (fields > FIELDS_PER_TX_MAX) {
      return reject(sdkErrors.invalidRequest, { field: `messages[${i}]`, why: "fields", max: FIELDS_PER_TX_MAX });
    }
    rows.push(row);
  }
  counted(fields);
  const out: ReadMessage[] = [];
  for (const [i, row] of rows.entries()) {
    const { typeUrl, value: bytes } = tx.messages[i]!;
    const value = row.decode(bytes);
    if (isRejection(value)) return reject(sdkErrors.txDecode, { field: `messages[${i}]`, why: value.name });
    out.push({ typeUrl, row, value });
  }
  return out;
}

/** The handler of a query path; sdk/unknownRequest or sdk/notSupported otherwise. */
export function queryRow(path: string): QueryHandler | Rejection {
  return queryRows.get(path) ?? unknownRow(path, "path");
}

/** All query paths, for documentation and REST. */
export function queryPaths(): readonly string[] {
  return [...queryRows.keys()];
}

function unknownRow(name: string, field: string): Rejection {
  const later = LATER.find(([prefix]) => name.startsWith(prefix));
  if (later !== undefined) {
    return reject(sdkErrors.notSupported, { field, why: `the ${later[1]} module is not active on this chain` });
  }
  return reject(sdkErrors.unknownRequest, {
    field,
    why: field === "path" ? "unknown query path" : `unknown type ${name}`,
  });
}
