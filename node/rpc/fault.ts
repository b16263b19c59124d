import { isRejection, rejectionText, type Rejection } from "#proto/rejection.js";
import { rpcError, type RpcErrorBody, type RpcErrorKind } from "#proto/rpc/errors.js";

/** What a handler throws to answer with a JSON-RPC error. Anything else that it throws is a bug, and is logged as one. */
export class RpcFault extends Error {
  override readonly name = "RpcFault";
  readonly body: RpcErrorBody;
  constructor(kind: RpcErrorKind, data: string) {
    super(data);
    this.body = rpcError(kind, data);
  }
}

/** CometBFT answers what it cannot find or do with -32603; clients read the sentence in `data`. */
export const unavailable = (sentence: string): RpcFault => new RpcFault("internal", sentence);

export const badParams = (sentence: string): RpcFault => new RpcFault("invalidParams", sentence);

/** The value, or the rejection as an error about the parameters. @throws RpcFault */
export function accepted<T>(value: T | Rejection): T {
  if (isRejection(value)) throw badParams(rejectionText(value));
  return value;
}
