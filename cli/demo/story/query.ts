import { message, type MessageName, type Messages } from "#proto/codec/message.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import type { Client } from "#proto/client/index.js";
import { queryBytes } from "../../client.js";
import { EXIT } from "../../exit.js";
import { CliFault } from "../../fault.js";
import { emptyMessage } from "../../message/values.js";

type Requests = Extract<MessageName, `${string}.Query${string}Request`>;
type Responses = Extract<MessageName, `${string}.Query${string}Response`>;
type RequestPath<N> = N extends `${infer M}.Query${infer Q}Request` ? `${M}.Query/${Q}` : never;
type ResponsePath<N> = N extends `${infer M}.Query${infer Q}Response` ? `${M}.Query/${Q}` : never;
type Asked = { readonly [N in Requests as RequestPath<N>]: Messages[N] };
type Answered = { readonly [N in Responses as ResponsePath<N>]: Messages[N] };
/** Every query of our modules: "tributary.model.v1.Query/Version". */
export type QueryPath = keyof Asked & keyof Answered;

/** Asks one query; fields that are left out have their defaults. @throws CliFault as every client of a node does */
export async function query<P extends QueryPath>(
  node: Client,
  path: P,
  request: Partial<Asked[P]> = {},
): Promise<Answered[P]> {
  const stem = path.replace("/", "");
  const [asked, answered] = [`${stem}Request` as MessageName, `${stem}Response` as MessageName];
  const data = message(asked).encode({ ...emptyMessage(asked), ...request } as never);
  const answer = message(answered).decode(await queryBytes(node, `/${path}`, data), ANSWER_BYTES_MAX);
  if (!isRejection(answer)) return answer as Answered[P];
  throw new CliFault("bad_answer", `the node's answer is no ${answered}: ${rejectionText(answer)}`, {
    exit: EXIT.unreachable,
  });
}

const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
const PAGE = 100n;

/** Asks for page after page: `ask` gets what it has to put into `pagination`. */
export async function allPages<A extends { readonly pagination: { readonly nextKey: Uint8Array } | undefined }, T>(
  ask: (pagination: Messages["tributary.query.v1.PageRequest"]) => Promise<A>,
  rows: (answer: A) => readonly T[],
): Promise<T[]> {
  const all: T[] = [];
  for (let key: Uint8Array = new Uint8Array(0); ;) {
    const answer = await ask({ key, offset: 0n, limit: PAGE, countTotal: false, reverse: false });
    all.push(...rows(answer));
    key = answer.pagination?.nextKey ?? new Uint8Array(0);
    if (key.length === 0) return all;
  }
}
