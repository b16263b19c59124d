import { Fault } from "../fault.js";
import type { RpcErrorBody } from "../rpc/errors.js";

/** Sends one JSON-RPC call over fetch, node:http, a socket or a test double. */
export interface Transport {
  /** Sends a JSON body and resolves to the answer's body. Rejects only if no answer arrives. */
  send(body: string): Promise<string>;
}

/** The part of `fetch` that a transport needs. */
export interface FetchLike {
  (
    url: string,
    init: { method: "POST"; headers: Record<string, string>; body: string },
  ): Promise<{ text(): Promise<string> }>;
}

/** A transport over HTTP POST. @param post the platform's fetch, or a wrapper that adds a timeout or headers */
export function httpTransport(url: string, post: FetchLike): Transport {
  return {
    async send(body) {
      const answer = await post(url, { method: "POST", headers: { "content-type": "application/json" }, body });
      return answer.text();
    },
  };
}

/** The node answered with a JSON-RPC error. `message` has the node's sentence. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;
  readonly reason: RpcErrorBody["reason"];
  constructor(method: string, body: RpcErrorBody) {
    super(`${method}: ${body.data ?? body.message}`);
    this.code = body.code;
    this.reason = body.reason;
  }
}

/** The answer is not that of a node: wrong address, a proxy's page, another protocol. */
export class BadAnswer extends Fault<"bad_answer"> {
  constructor(message: string) {
    super("bad_answer", message);
  }
}
