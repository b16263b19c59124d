import { BadAnswer, client, httpTransport, QueryError, RpcError, type Client } from "#proto/client/index.js";
import { sdkErrors } from "#proto/tx/errors.js";
import { toBase64 } from "#proto/base64.js";
import { utf8, type Bytes } from "#proto/bytes.js";
import type { CosmosType } from "#proto/codec/cosmos.js";
import type { JsonObject } from "#proto/codec/json-text.js";
import { cosmosToJson } from "#proto/tx/cosmos-json.js";
import { parseEndpoint } from "#node/config/kinds.js";
import { table } from "#node/config/table.js";
import { EXIT } from "./exit.js";
import { CliFault, notFound, usage } from "./fault.js";
import { fromSetting, opt, section, withDefault, type Values } from "./option.js";
import type { World } from "./world.js";

export const nodeOptions = section("Node", {
  node: fromSetting("node", withDefault(opt.text("RPC of the node to talk to.", "url"), table.client.node.fallback)),
  requestTimeout: withDefault(opt.integer("Seconds to wait for each answer of the node.", 1, 600, "s"), 10),
});

export type NodeValues = Values<typeof nodeOptions>;

const CREDENTIALS = /^([a-z]+:\/\/)?([^/]*)@/;

/** The address of a node as it may be shown: without the user and the password that it may carry. */
export function shownNode(text: string): string {
  return text.replace(CREDENTIALS, (_, scheme: string | undefined) => scheme ?? "");
}

/** fetch refuses an URL with a user and a password: they travel as HTTP Basic authentication (RFC 7617). */
export function authorization(text: string): Readonly<Record<string, string>> {
  const credentials = CREDENTIALS.exec(text)?.[2];
  if (credentials === undefined) return {};
  try {
    return { authorization: `Basic ${toBase64(utf8(decodeURIComponent(credentials)))}` };
  } catch {
    throw usage("--node: its user or password has a broken % escape", "write %25 for a percent sign"); // A URIError.
  }
}

/** tcp://host:port and host:port are http; 0.0.0.0 is where a node listens, not where one can call. */
export function nodeUrl(text: string): string {
  if (/^https?:\/\//.test(text)) return shownNode(text);
  const endpoint = parseEndpoint(text);
  if (endpoint === undefined) {
    throw usage(`--node ${shownNode(text)} is not an address`, "like tcp://localhost:26657 or https://rpc.example.org");
  }
  const host = endpoint.host === "0.0.0.0" ? "127.0.0.1" : endpoint.host;
  return `http://${host.includes(":") ? `[${host}]` : host}:${endpoint.port}`;
}

/** A client of one node. Its failures are faults that say what to do; without an answer the exit code is 4. */
export function connect(values: NodeValues, world: World): Client {
  const url = nodeUrl(values.node);
  const headers = authorization(values.node);
  const base = client(
    httpTransport(url, async (target, init) => {
      const answer = await world.system.fetch(target, {
        ...init,
        headers: { ...init.headers, ...headers },
        signal: AbortSignal.timeout(values.requestTimeout * 1000),
      });
      const text = await answer.text();
      return { text: () => Promise.resolve(text) };
    }),
  );
  return guarded(base, url);
}

/** Every method of the client, with the library's errors turned into faults. */
function guarded(base: Client, url: string): Client {
  const wrap =
    <A extends readonly unknown[], R>(method: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      try {
        return await method(...args);
      } catch (error) {
        throw asFault(error, url);
      }
    };
  const out: Record<string, unknown> = {};
  for (const [name, method] of Object.entries(base)) {
    out[name] = wrap(method as (...args: readonly unknown[]) => Promise<unknown>);
  }
  return out as unknown as Client;
}

function asFault(error: unknown, url: string): unknown {
  if (error instanceof CliFault) return error;
  if (error instanceof RpcError) {
    return error.reason === "not_found"
      ? notFound(error.message)
      : new CliFault("rpc", error.message, { cause: error });
  }
  if (error instanceof QueryError) return queryFault(error);
  if (error instanceof BadAnswer) {
    return new CliFault("bad_answer", `${url} is not a node of this chain: ${error.message}`, {
      exit: EXIT.unreachable,
      fix: "--node chooses another",
      cause: error,
    });
  }
  if (error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError")) {
    return new CliFault("timeout", `${url} did not answer in time`, {
      exit: EXIT.unreachable,
      fix: "--request-timeout waits longer; --node chooses another",
      cause: error,
    });
  }
  // fetch rejects with TypeError("fetch failed") for everything below HTTP.
  if (error instanceof TypeError || (error instanceof Error && "code" in error)) {
    const { cause } = error as { cause?: { code?: unknown; message?: unknown } };
    const why = typeof cause?.code === "string" ? ` (${cause.code})` : "";
    return new CliFault("unreachable", `no node answers at ${url}${why}`, {
      exit: EXIT.unreachable,
      fix: "check that it runs (tribd start); --node or `tribd config set client.node` chooses another",
      cause: error,
    });
  }
  return error;
}

/** A protobuf query: the answer's bytes. @throws CliFault(not_found) for code 22, as every Cosmos query answers then */
export async function queryBytes(node: Client, path: string, request: Bytes, height?: bigint): Promise<Bytes> {
  const answer = await node.abciQuery(path, request, height === undefined ? {} : { height });
  if (answer.code === 0) return answer.value;
  throw queryFault(answer);
}

type HeightValues = NodeValues & { readonly height: bigint | undefined };

/** A query of the Cosmos SDK by its path, as "staking/Validators": the answer as it decodes. */
export async function cosmosQuery<T>(
  values: HeightValues,
  world: World,
  path: `${string}/${string}`,
  response: CosmosType<T>,
  request: Bytes = new Uint8Array(0),
): Promise<T> {
  const full = `/cosmos.${path.replace("/", ".v1beta1.Query/")}`;
  return response.decode(await queryBytes(connect(values, world), full, request, values.height));
}

/** The same answer as REST shows it. */
export async function cosmosJson<T>(...query: Parameters<typeof cosmosQuery<T>>): Promise<JsonObject> {
  return cosmosToJson(query[3], await cosmosQuery(...query));
}

function queryFault({ code, codespace, log }: Pick<QueryError, "code" | "codespace" | "log">): CliFault {
  const why = log.replace(/^rpc error: code = \w+ desc = /, "");
  if (codespace === sdkErrors.keyNotFound.codespace && code === sdkErrors.keyNotFound.code) {
    return notFound(why === "" ? "not found" : why);
  }
  return new CliFault("query", `the node refused the query: ${why} (${codespace} ${code})`);
}
