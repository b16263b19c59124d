import { fieldsOf, fromJson, isMessageName, refuse, toJson } from "#proto/codec/json.js";
import { isJsonObject, type Json } from "#proto/codec/json-text.js";
import { message, type MessageName } from "#proto/codec/message.js";
import { isRejection, rejectionText, type Rejection } from "#proto/rejection.js";
import type { Reply } from "../http-reply.js";
import type { QueryService } from "../services/queries.js";
import { answer } from "./answer.js";
import { unescaped } from "./paths.js";
import { badRequest, grpcError, notImplemented, ok, queryError } from "./reply.js";

type Fields = Record<string, Json>;
const BOOLEANS: ReadonlySet<string> = new Set(["true", "false"]);
const noFields = (): Fields => Object.create(null) as Fields;

/**
 * Our own queries over REST, without a table to keep: /tributary/<module>/v1/<method in snake_case> asks
 * /tributary.<module>.v1.Query/<Method> with Query<Method>Request. Further path segments fill its fields in their order,
 * URL parameters by name: "pagination.limit=5" is a field of a field.
 */
export async function tributaryQuery(url: URL, height: bigint | undefined, queries: QueryService): Promise<Reply> {
  const [, , module = "", version = "", method = "", ...values] = url.pathname.split("/");
  const service = `tributary.${module}.${version}`;
  const name = method.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const [request, response] = [`${service}.Query${name}Request`, `${service}.Query${name}Response`];
  if (!isMessageName(request) || !isMessageName(response)) return notImplemented();
  const fields = requestFields(request, values, url.searchParams);
  const parsed = isRejection(fields) ? fields : fromJson(request, fields, "");
  if (isRejection(parsed)) return badRequest(parsed);
  const found = await queries.query({
    path: `/${service}.Query/${name}`,
    data: message(request).encode(parsed),
    height,
    prove: false,
  });
  if (found.code !== 0) return queryError(found);
  const value = message(response).decode(found.value);
  if (isRejection(value)) return grpcError("Internal", `${response}: ${rejectionText(value)}`);
  return answer(ok(toJson(response, value)), found.height);
}

function requestFields(
  request: MessageName,
  values: readonly string[],
  parameters: URLSearchParams,
): Fields | Rejection {
  const table = fieldsOf(request);
  if (values.length > table.length) return refuse("path", `at most ${table.length} values`);
  const fields = noFields();
  for (const [i, value] of values.entries()) {
    const text = unescaped(value);
    if (text === undefined) return refuse(table[i]!.json, "no broken escape in the address");
    put(fields, request, table[i]!.json, text);
  }
  for (const [name, value] of parameters) put(fields, request, name, value);
  return fields;
}

/** A name that the message does not have stays in: its reader refuses it. */
function put(fields: Fields, name: MessageName, path: string, text: string): void {
  const [outer, ...inner] = path.split(".") as [string, ...string[]];
  const field = fieldsOf(name).find(({ json }) => json === outer);
  const within = (fields[outer] ??= inner.length === 0 ? null : noFields());
  if (inner.length > 0 && isJsonObject(within) && field?.type === "message" && isMessageName(field.ref ?? "")) {
    return put(within as Fields, field.ref as MessageName, inner.join("."), text);
  }
  fields[path] = field?.type === "bool" && BOOLEANS.has(text) ? text === "true" : text;
}
