import { sdkErrors } from "#proto/tx/errors.js";
import { reject, type Rejection } from "#proto/rejection.js";

/** The text that clients match: CosmJS looks for "rpc error: code = NotFound" and for "not found". */
export function notFound(what: string): Rejection {
  return reject(sdkErrors.keyNotFound, { log: `rpc error: code = NotFound desc = ${what} not found: key not found` });
}

export function invalidArgument(why: string): Rejection {
  return reject(sdkErrors.invalidRequest, { log: `rpc error: code = InvalidArgument desc = ${why}: invalid request` });
}
