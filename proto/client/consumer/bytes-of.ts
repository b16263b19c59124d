import { concat, type Bytes } from "../../bytes.js";
import { isRejection, reject, type Rejection } from "../../rejection.js";
import { consumerErrors } from "./errors.js";
import { broken } from "./broken.js";

/** The chunks of a body, at most `max` bytes in all. The last value is a rejection if the connection fails, or for more. */
export async function* chunksOf(answer: Response, max: number): AsyncGenerator<Bytes | Rejection> {
  if (answer.body === null) return;
  const reader = answer.body.getReader() as {
    read(): Promise<{ done: boolean; value?: Bytes }>;
    cancel(): Promise<void>;
  };
  let size = 0;
  let isOver = false;
  try {
    for (;;) {
      const read = await reader.read().catch((error: unknown) => ({ failed: broken(error) }));
      if ("failed" in read) {
        isOver = true;
        yield read.failed;
        return;
      }
      if (read.done || read.value === undefined) {
        isOver = true;
        return;
      }
      size += read.value.length;
      if (size > max) {
        yield reject(consumerErrors.wrongAnswer, { field: "body", have: `above ${max} bytes`, need: `at most ${max}` });
        return;
      }
      yield read.value;
    }
  } finally {
    // The rest is not wanted: whether the connection can still be told so does not matter.
    if (!isOver) await reader.cancel().catch(() => undefined);
  }
}

/** The whole body. */
export async function readAll(answer: Response, max: number): Promise<Bytes | Rejection> {
  const chunks: Bytes[] = [];
  for await (const chunk of chunksOf(answer, max)) {
    if (isRejection(chunk)) return chunk;
    chunks.push(chunk);
  }
  return concat(...chunks);
}
