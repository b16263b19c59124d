import { Fault } from "../fault.js";
import type { RpcErrorBody } from "../rpc/errors.js";

/** One JSON-RPC call over whatever carries text: fetch, node:http, a socket, a test. */
export interface Transport {
  /** Sends a JSON body and resolves to the answer's body. Rejects only when no answer came. */
  send(body: string): Promise<string>;
}

export interface FetchLike {
  (
    url: string,
    init: { method: "POST"; headers: Record<string, string>; body: string },
  ): Promise<{ text(): Promise<string> }>;
}

/** @param post the platform's fetch, or one with a timeout and headers of the caller's own */
export function httpTransport(url: string, post: FetchLike): Transport {
  return {
    async send(body) {
      const answer = await post(url, { method: "POST", headers: { "content-type": "application/json" }, body });
      return answer.text();
    },
  };
}

/** The node answered, and the answer is an error. `message` holds the node's own sentence. */
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

/** What came back is no answer of a node: wrong address, a proxy's page, another protocol. */
export class BadAnswer extends Fault<"bad_answer"> {
  constructor(message: string) {
    super("bad_answer", message);
  }
}
