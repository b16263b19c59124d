import { Fault } from "#proto/fault.js";
import { isRejection, rejectionText, type Rejection } from "#proto/rejection.js";
import { rpcError, type RpcErrorBody, type RpcErrorKind } from "#proto/rpc/errors.js";
import { BusyFault } from "../runtime/gate.js";

/** Thrown by a handler to answer with a JSON-RPC error. Any other error is a bug, and is logged as one. */
export class RpcFault extends Fault<RpcErrorKind> {
  readonly body: RpcErrorBody;
  /** HTTP's word for it, where a call is a GET or REST. */
  readonly status: number;
  constructor(kind: RpcErrorKind, data: string, status = 500, more: Pick<RpcErrorBody, "reason"> = {}) {
    super(kind, data);
    this.body = { ...rpcError(kind, data), ...more };
    this.status = status;
  }
}

/** CometBFT answers what it cannot find or do with -32603; clients read the sentence in `data`. */
export const unavailable = (sentence: string): RpcFault => new RpcFault("internal", sentence);

/** The same for what is not there, which programs tell apart. */
export const missing = (sentence: string): RpcFault => new RpcFault("internal", sentence, 500, { reason: "not_found" });

export const badParams = (sentence: string): RpcFault => new RpcFault("invalidParams", sentence);

/** A queue is full: the same question may be answered in a moment. */
export const busy = (sentence: string): RpcFault => new RpcFault("server", sentence, 503);

/** The answer to an expected error of a handler: one of ours, or a full queue. Undefined: a bug. */
export function expected(error: unknown): RpcFault | undefined {
  if (error instanceof RpcFault) return error;
  return error instanceof BusyFault ? busy(error.message) : undefined;
}

/** This client has had its share. */
export const overRate = (sentence: string): RpcFault => new RpcFault("server", sentence, 429);

/** The value, or the rejection as an error about the parameters. @throws RpcFault */
export function accepted<T>(value: T | Rejection): T {
  if (isRejection(value)) throw badParams(rejectionText(value));
  return value;
}
