import type { IncomingMessage } from "node:http";
import type { Bytes } from "#proto/bytes.js";
import { problem, type Problem } from "#proto/exchange/openai/problem.js";

/** The body's bytes, or the error for one that is too large. What is too large is not kept. */
export async function readBytes(request: IncomingMessage, max: number): Promise<Bytes | Problem> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > max) return problem(413, "body_too_large", `a body has at most ${max} bytes`);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** Whether it is an error. */
export function isProblem(value: Bytes | Problem): value is Problem {
  return !(value instanceof Uint8Array);
}
