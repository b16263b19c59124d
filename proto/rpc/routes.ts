import { isJsonObject, type Json } from "../codec/json-text.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { optional, paramErrors, paramFromJson, paramFromUrl, required, type Param, type ParamTypes } from "./params.js";
import type { Results } from "./results.js";

/** The contract: the server, the typed client, the list at `/` and the docs are all made from this table. */
export interface Route {
  readonly doc: string;
  /** In CometBFT's order: JSON-RPC callers may send them as an array. */
  readonly params: Readonly<Record<string, Param>>;
  /** Only over the WebSocket: it needs somewhere to send events. */
  readonly socketOnly?: true;
}

const route = <const P extends Readonly<Record<string, Param>>>(doc: string, params: P) => ({ doc, params });
const socketRoute = <const P extends Readonly<Record<string, Param>>>(doc: string, params: P) =>
  ({ doc, params, socketOnly: true }) as const;

const height = optional("height", "Height; absent or 0 is the latest.");
const page = optional("count", "Page, from 1.");
const perPage = optional("count", "Entries a page: 30 unless told, at most 100.");
const orderBy = optional("text", "asc (the default) or desc, by height and index.");
const tx = required("bytes", "The signed transaction (TxRaw).");
const query = required("text", "An event query, as tm.event='Tx' AND tx.height>5.");
const search = {
  prove: optional("bool", "With a Merkle proof of each transaction."),
  page,
  per_page: perPage,
  order_by: orderBy,
};

/** The JSON-RPC methods with their parameters and descriptions. */
export const routes = {
  health: route("Answers {} while the node serves.", {}),
  status: route("Who this node is, how far it is, and its validator key and power.", {}),
  net_info: route("Peers and listeners.", {}),
  genesis: route("The genesis document; large ones come in chunks.", {}),
  genesis_chunked: route("One chunk of the genesis document, base64.", { chunk: optional("count", "Chunk, from 0.") }),
  blockchain: route("Metas of at most 20 blocks, newest first.", {
    minHeight: optional("height", "Lowest height wanted."),
    maxHeight: optional("height", "Highest height wanted."),
  }),
  block: route("A block.", { height }),
  block_by_hash: route("A block by its hash.", { hash: required("bytes", "Block hash, 32 bytes.") }),
  block_results: route("Results and events of a block.", { height }),
  header: route("A block's header.", { height }),
  header_by_hash: route("A header by its block's hash.", { hash: required("hexBytes", "Block hash, 32 bytes.") }),
  commit: route("A header with the commit that decided it.", { height }),
  validators: route("The validators of a height, by power.", { height, page, per_page: perPage }),
  consensus_params: route("Consensus parameters of a height.", { height }),
  consensus_state: route("A summary of the running round.", {}),
  dump_consensus_state: route("The running round with its votes and the peers.", {}),
  unconfirmed_txs: route("Transactions that wait in the mempool.", {
    limit: optional("count", "How many: 30 unless told, at most 100."),
  }),
  num_unconfirmed_txs: route("How many transactions wait in the mempool.", {}),
  check_tx: route("Checks a transaction without adding it to the mempool.", { tx }),
  broadcast_tx_sync: route("Checks a transaction, admits it to the mempool and gossips it.", { tx }),
  broadcast_tx_async: route("Hands a transaction to the mempool without waiting for its check.", { tx }),
  broadcast_tx_commit: route("Waits for the block; for tests and tools, at most 10 s.", { tx }),
  broadcast_evidence: route("Judges evidence against validators, keeps it for a block and gossips it.", {
    evidence: required("bytes", "Canonical bytes of tributary.chain.v1.Evidence."),
  }),
  tx: route("A transaction by its hash.", {
    hash: required("bytes", "Transaction hash, 32 bytes."),
    prove: optional("bool", "With a Merkle proof under the block's data hash."),
  }),
  tx_search: route("Transactions whose events satisfy a query.", { query, ...search }),
  block_search: route("Blocks whose events satisfy a query.", { query, page, per_page: perPage, order_by: orderBy }),
  abci_info: route("Height and state root of the application.", {}),
  abci_query: route("State and protobuf queries: a path /service/Method with the request in data.", {
    path: required("text", "Query path."),
    data: optional("hexBytes", "Request bytes."),
    height,
    prove: optional("bool", "With ICS-23 proof operations."),
  }),
  light_block: route("Canonical header, certificate and validator set of a height, for verifiers.", { height }),
  raw_block: route("Canonical block, its certificate and its results, for recomputation.", { height }),
  subscribe: socketRoute("Sends every later event that satisfies the query, under this request's id.", { query }),
  unsubscribe: socketRoute("Ends one subscription.", { query }),
  unsubscribe_all: socketRoute("Ends all subscriptions of this connection.", {}),
} as const satisfies Readonly<Record<string, Route>>;

/** The table of routes. */
export type Routes = typeof routes;
/** Names of methods. */
export type Method = keyof Routes & keyof Results;
/** Methods that need a WebSocket. */
export type SocketMethod = { [M in Method]: Routes[M] extends { socketOnly: true } ? M : never }[Method];
/** Methods that HTTP serves. */
export type PlainMethod = Exclude<Method, SocketMethod>;

type ValueOf<P> = P extends Param<infer K> ? ParamTypes[K] : never;
/** Decoded parameters: every parameter is a key; an optional one may be undefined. */
export type ParamsOf<M extends Method> = {
  readonly [P in keyof Routes[M]["params"]]: Routes[M]["params"][P] extends Param<infer K, infer O>
    ? O extends false
      ? ParamTypes[K]
      : ParamTypes[K] | undefined
    : never;
};
/** Parameters as a caller writes them: optional ones may be omitted. */
export type CallOf<M extends Method> = {
  readonly [
    P in keyof Routes[M]["params"] as Routes[M]["params"][P] extends Param<infer _, false> ? P : never
  ]: ValueOf<Routes[M]["params"][P]>;
} & {
  readonly [P in keyof Routes[M]["params"] as Routes[M]["params"][P] extends Param<infer _, false> ? never : P]?:
    ValueOf<Routes[M]["params"][P]> | undefined;
};

/** Whether the table has a method of this name. */
export function isMethod(name: string): name is Method {
  return Object.hasOwn(routes, name);
}

/**
 * Decodes the parameters of a JSON body: an object, an array in the table's order, or nothing. Unknown names are
 * ignored, as in CometBFT.
 */
export function paramsFromJson(method: Method, json: Json | undefined): Readonly<Record<string, unknown>> | Rejection {
  const table: Readonly<Record<string, Param>> = routes[method].params;
  const names = Object.keys(table);
  const given = new Map<string, Json>();
  if (Array.isArray(json)) {
    const list = json as readonly Json[];
    if (list.length > names.length) return reject(paramErrors.tooMany, { method, max: names.length });
    for (const [i, value] of list.entries()) given.set(names[i]!, value);
  } else if (isJsonObject(json)) {
    for (const [name, value] of Object.entries(json)) given.set(name, value);
  } else if (json !== undefined && json !== null) {
    return reject(paramErrors.invalid, { params: "an object or an array" });
  }
  return collect(table, (name, param) => paramFromJson(name, param, given.get(name)));
}

/** Decodes the parameters of a URL. @param valueOf the text of a parameter, or undefined */
export function paramsFromUrl(
  method: Method,
  valueOf: (name: string) => string | undefined,
): Readonly<Record<string, unknown>> | Rejection {
  return collect(routes[method].params, (name, param) => paramFromUrl(name, param, valueOf(name)));
}

function collect(
  table: Readonly<Record<string, Param>>,
  read: (name: string, param: Param) => unknown,
): Readonly<Record<string, unknown>> | Rejection {
  const out: Record<string, unknown> = {};
  for (const [name, param] of Object.entries(table)) {
    const value = read(name, param);
    if (isRejection(value)) return value;
    out[name] = value;
  }
  return out;
}
