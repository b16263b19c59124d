/** A JSON-RPC 2.0 error in CometBFT's form: the code fixes `message`, and `data` has the sentence for people. */
export interface RpcErrorBody {
  readonly code: number;
  readonly message: string;
  readonly data?: string;
  /** For programs, beside CometBFT's members: what was asked for is not there, not yet, or no longer. */
  readonly reason?: "not_found";
}

/** Code and message by kind. */
export const rpcErrorCodes = {
  parse: [-32700, "Parse error. Invalid JSON"],
  invalidRequest: [-32600, "Invalid Request"],
  methodNotFound: [-32601, "Method not found"],
  invalidParams: [-32602, "Invalid params"],
  internal: [-32603, "Internal error"],
  server: [-32000, "Server error"],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;
/** Kinds of errors. */
export type RpcErrorKind = keyof typeof rpcErrorCodes;

/** The error of a kind. @param data sentence for people */
export function rpcError(kind: RpcErrorKind, data?: string): RpcErrorBody {
  const [code, message] = rpcErrorCodes[kind];
  return data === undefined ? { code, message } : { code, message, data };
}
