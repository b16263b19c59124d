import { fieldsOf, fromJson, isMessageName, toJson } from "#proto/codec/json.js";
import type { Json, JsonObject } from "#proto/codec/json-text.js";
import { message } from "#proto/codec/message.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import type { Reply } from "../http-reply.js";
import type { QueryService } from "../services/queries.js";
import { answer } from "./answer.js";
import { unescaped } from "./paths.js";
import { grpcError, notImplemented, ok, queryError } from "./reply.js";

/**
 * Our own queries over REST, without a table to keep: /tributary/<module>/v1/<method in snake_case> asks
 * /tributary.<module>.v1.Query/<Method> with Query<Method>Request. Further path segments fill its fields in their order,
 * URL parameters by name.
 */
export async function tributaryQuery(url: URL, height: bigint | undefined, queries: QueryService): Promise<Reply> {
  const [, , module = "", version = "", method = "", ...values] = url.pathname.split("/");
  const service = `tributary.${module}.${version}`;
  const name = method.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const [request, response] = [`${service}.Query${name}Request`, `${service}.Query${name}Response`];
  if (!isMessageName(request) || !isMessageName(response)) return notImplemented();
  const fields: Record<string, Json> = Object.create(null) as Record<string, Json>;
  const table = fieldsOf(request);
  if (values.length > table.length) return grpcError("InvalidArgument", `${method} takes ${table.length} values`);
  for (const [i, value] of values.entries()) {
    const text = unescaped(value);
    if (text === undefined) return grpcError("InvalidArgument", `${table[i]!.json}: the address holds a broken escape`);
    fields[table[i]!.json] = text;
  }
  for (const [key, value] of url.searchParams) fields[key] = value;
  const parsed = fromJson(
    request,
    typedFields(fields, new Set(table.filter((f) => f.type === "bool").map((f) => f.json))),
  );
  if (isRejection(parsed)) return grpcError("InvalidArgument", rejectionText(parsed));
  const found = await queries.query({
    path: `/${service}.Query/${name}`,
    data: message(request).encode(parsed),
    height,
    prove: false,
  });
  if (found.code === 6 && /unknown query path/.test(found.log)) return notImplemented();
  if (found.code !== 0) return queryError(found);
  const value = message(response).decode(found.value);
  if (isRejection(value)) return grpcError("Internal", `${response}: ${rejectionText(value)}`);
  return answer(ok(toJson(response, value)), found.height);
}

function typedFields(fields: JsonObject, booleans: ReadonlySet<string>): JsonObject {
  const entries = Object.entries(fields).map(
    ([name, value]) => [name, booleans.has(name) ? value === "true" : value] as const,
  );
  return Object.fromEntries(entries);
}
