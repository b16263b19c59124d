import type { Bytes } from "../bytes.js";
import { cosmos, type CosmosType } from "../codec/cosmos.js";
import { emptyMessage, message, type MessageName, type Messages } from "../codec/message.js";
import { isRejection, type Rejection } from "../rejection.js";
import type { AbciAnswer } from "../rpc/abci.js";
import { BadAnswer } from "./transport.js";

/** The queries of our own modules, as the chain names them: "tributary.datanet.v1.Query/Datanet". */
export type QueryName = {
  [N in MessageName]: N extends `${infer Module}.Query${infer Name}Request` ? `${Module}.Query/${Name}` : never;
}[MessageName];
type Named<Q extends QueryName, Suffix extends string> = Q extends `${infer Module}.Query/${infer Name}`
  ? `${Module}.Query${Name}${Suffix}` extends infer N extends MessageName
    ? Messages[N]
    : never
  : never;
/** Request message of a query. */
export type QueryRequest<Q extends QueryName> = Named<Q, "Request">;
/** Response message of a query. */
export type QueryResponse<Q extends QueryName> = Named<Q, "Response">;

/** Options of a query. */
export interface QueryOptions {
  /** State height; the latest by default. */
  readonly height?: bigint;
}

/** Typed queries. */
export interface Queries {
  /** A query of our own modules; omitted request fields have their defaults. @throws QueryError, BadAnswer */
  query<Q extends QueryName>(
    name: Q,
    request?: Partial<QueryRequest<Q>>,
    options?: QueryOptions,
  ): Promise<QueryResponse<Q>>;
  /** A query of a Cosmos module, its request and response types from cosmjs-types. @throws QueryError, BadAnswer */
  cosmosQuery<Q, A extends object>(
    name: string,
    types: readonly [request: CosmosType<Q>, response: CosmosType<A>],
    request: Q,
    options?: QueryOptions,
  ): Promise<A>;
}

/** The node answered a query with an error. Code 22 of codespace "sdk" means not found. */
export class QueryError extends Error {
  override readonly name = "QueryError";
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  constructor(path: string, { code, codespace, log }: Pick<AbciAnswer, "code" | "codespace" | "log">) {
    super(`${path}: ${log}`);
    this.code = code;
    this.codespace = codespace;
    this.log = log;
  }
}

/** Typed queries over a function that sends and receives bytes. */
export function queries(ask: (path: string, data: Bytes, options: QueryOptions) => Promise<AbciAnswer>): Queries {
  const answerTo = async (name: string, data: Bytes, options: QueryOptions = {}): Promise<Bytes> => {
    const answer = await ask(`/${name}`, data, options);
    if (answer.code !== 0) throw new QueryError(name, answer);
    return answer.value;
  };
  return {
    async query<Q extends QueryName>(name: Q, request: Partial<QueryRequest<Q>> = {}, options?: QueryOptions) {
      const stem = name.replace("/", "");
      const codec = message(`${stem}Request` as MessageName);
      const data = codec.encode({ ...emptyMessage(codec.name), ...request });
      const response = message(`${stem}Response` as MessageName);
      return whole(name, response.decode(await answerTo(name, data, options), ANSWER_BYTES_MAX)) as QueryResponse<Q>;
    },
    async cosmosQuery(name, [request, response], value, options) {
      const bytes = await answerTo(name, cosmos(request).encode(value), options);
      return whole(name, cosmos(response).decode(bytes, ANSWER_BYTES_MAX));
    },
  };
}

function whole<T extends object>(name: string, value: T | Rejection): T {
  if (isRejection(value)) throw new BadAnswer(`${name}: the answer is not the response of this query`);
  return value as T;
}

const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

type Page = Messages["tributary.query.v1.PageRequest"];
const PAGE_ROWS = 100n;
/** A million rows: a node that always has another page cannot keep its asker busy for ever. */
const PAGES_MAX = 10_000;

/**
 * Asks for page after page: `ask` gets what it has to put into `pagination`.
 * @throws BadAnswer when there are more than a million rows
 */
export async function allPages<A extends { readonly pagination: { readonly nextKey: Bytes } | undefined }, T>(
  ask: (pagination: Page) => Promise<A>,
  rows: (answer: A) => readonly T[],
): Promise<T[]> {
  const all: T[] = [];
  let key: Bytes = new Uint8Array(0);
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await ask({ key, offset: 0n, limit: PAGE_ROWS, countTotal: false, reverse: false });
    all.push(...rows(answer));
    key = answer.pagination?.nextKey ?? new Uint8Array(0);
    if (key.length === 0) return all;
  }
  throw new BadAnswer(`the list does not end after ${PAGES_MAX} pages`);
}
