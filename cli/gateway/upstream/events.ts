import { createParser } from "eventsource-parser";
import type { JsonObject } from "#proto/codec/json-text.js";
import { objectOf, textOf } from "./body.js";
import type { Deadline } from "./deadline.js";
import { upstreamFault } from "./fault.js";

/** UTF-16 units of one event that is not complete. */
const EVENT_LENGTH_MAX = 1_000_000;
const DONE = "[DONE]";

/**
 * The chunks of a streamed answer, each as it comes. Ends at `[DONE]`, or when the body ends behind a chunk with a reason to
 * finish: some servers send no more. @param isFinished of the last chunk @throws UpstreamFault for every other end
 */
export async function* chunksOf(
  response: Response,
  deadline: Deadline,
  isFinished: () => boolean,
): AsyncGenerator<JsonObject> {
  const events: string[] = [];
  let isTooLong = false;
  const parser = createParser({
    onEvent: ({ data }) => events.push(data),
    onError: ({ type }) => (isTooLong ||= type === "max-buffer-size-exceeded"),
    maxBufferSize: EVENT_LENGTH_MAX,
  });
  for await (const text of textOf(response, deadline)) {
    parser.feed(text);
    for (const data of events.splice(0)) {
      if (data === DONE) return;
      const chunk = objectOf(data);
      if (chunk["error"] !== undefined) throw upstreamFault("upstream_failed", "it sent an error in its stream");
      yield chunk;
    }
    if (isTooLong) throw upstreamFault("upstream_too_large", `an event of more than ${EVENT_LENGTH_MAX} characters`);
  }
  if (!isFinished()) throw upstreamFault("upstream_ended");
}
