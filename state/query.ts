import { sdkErrors } from "#proto/tx/errors.js";
import { reject, type Rejection } from "#proto/rejection.js";

/** A not-found rejection. Clients match its text: CosmJS looks for "rpc error: code = NotFound" and "not found". */
export function notFound(what: string): Rejection {
  return reject(sdkErrors.keyNotFound, { log: `rpc error: code = NotFound desc = ${what} not found: key not found` });
}

/** An invalid-argument rejection in the text form of gRPC, likewise. */
export function invalidArgument(why: string): Rejection {
  return reject(sdkErrors.invalidRequest, { log: `rpc error: code = InvalidArgument desc = ${why}: invalid request` });
}
