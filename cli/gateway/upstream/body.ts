import { isJsonObject, parseJson, type JsonObject } from "#proto/codec/json-text.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { upstreamFault } from "./fault.js";
import type { Deadline } from "./deadline.js";

/** Bytes of one answer, whole or streamed. */
export const ANSWER_BYTES_MAX = 10_000_000;
const DEPTH_MAX = 64;

/** The bytes of a body as text, piece by piece. @throws UpstreamFault for too many, for what is not UTF-8, and at a deadline */
export async function* textOf(response: Response, deadline: Deadline): AsyncGenerator<string> {
  if (response.body === null) throw upstreamFault("upstream_empty");
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let size = 0;
  try {
    for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
      deadline.moved();
      size += bytes.length;
      if (size > ANSWER_BYTES_MAX) throw upstreamFault("upstream_too_large", `more than ${ANSWER_BYTES_MAX} bytes`);
      yield decodeOrFail(() => decoder.decode(bytes, { stream: true }));
    }
    yield decodeOrFail(() => decoder.decode());
  } catch (error) {
    throw deadline.reason(error, "upstream_ended");
  }
  if (size === 0) throw upstreamFault("upstream_empty");
}

function decodeOrFail(decode: () => string): string {
  try {
    return decode();
  } catch (cause) {
    throw upstreamFault("upstream_not_utf8", "", cause);
  }
}

/** One JSON object. @throws UpstreamFault */
export function objectOf(text: string): JsonObject {
  const value = parseJson(text, DEPTH_MAX);
  if (isRejection(value)) throw upstreamFault("upstream_not_json", rejectionText(value));
  if (!isJsonObject(value)) throw upstreamFault("upstream_wrong_shape", "no JSON object");
  return value;
}

/** A whole body as one JSON object. @throws UpstreamFault */
export async function jsonOf(response: Response, deadline: Deadline): Promise<JsonObject> {
  const parts: string[] = [];
  for await (const part of textOf(response, deadline)) parts.push(part);
  return objectOf(parts.join(""));
}
