import type { IncomingMessage } from "node:http";
import type { Bytes } from "#proto/bytes.js";
import { Fault } from "#proto/fault.js";
import { problem, type Problem } from "#proto/exchange/openai/problem.js";

/** The client went away before its body was here. */
export class ClientGone extends Fault<"client_gone"> {
  constructor() {
    super("client_gone", "the client went away before its request was read");
  }
}

/**
 * The body's bytes, or the error for one that is too large: what follows is read and dropped, so that the client reads the
 * error; the time for a request bounds it. @throws ClientGone
 */
export function readBytes(request: IncomingMessage, max: number): Promise<Bytes | Problem> {
  const tooLarge = problem(413, "body_too_large", `a body has at most ${max} bytes`);
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on("data", (part: Buffer) => {
      size += part.length;
      if (size <= max) parts.push(part);
      else {
        parts.length = 0;
        resolve(tooLarge);
      }
    });
    request.once("end", () => resolve(new Uint8Array(Buffer.concat(parts))));
    request.once("close", () => {
      if (!request.complete) reject(new ClientGone());
    });
  });
}

/** Whether it is an error. */
export function isProblem(value: Bytes | Problem): value is Problem {
  return !(value instanceof Uint8Array);
}
