import { isRejection, rejectionText } from "#proto/rejection.js";
import { rpcError } from "#proto/rpc/errors.js";
import { isMethod, paramsFromUrl } from "#proto/rpc/routes.js";
import type { Caller } from "./door.js";
import { isPlain, type Dispatcher } from "./dispatch.js";
import { json, plain, type Reply } from "./http-reply.js";
import { errorText, successParts } from "./jsonrpc.js";

/** CometBFT's id of an answer that no call numbered. */
export const URI_ID = -1;

/** GET /method?param=value. Errors are HTTP 500 here, as in CometBFT. */
export async function uriCall(dispatcher: Dispatcher, url: URL, caller: Caller): Promise<Reply> {
  const method = url.pathname.slice(1);
  if (!isMethod(method) || !isPlain(method)) return plain("404 page not found: /methods lists what is served\n", 404);
  const params = paramsFromUrl(method, (name) => url.searchParams.get(name) ?? undefined);
  if (isRejection(params)) return json(errorText(URI_ID, rpcError("invalidParams", rejectionText(params))), 500);
  const outcome = await dispatcher.call(method, params, caller);
  return "error" in outcome
    ? json(errorText(URI_ID, outcome.error), outcome.status)
    : json(successParts(URI_ID, outcome.result));
}
