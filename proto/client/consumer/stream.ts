import { concat, utf8Text, type Bytes } from "../../bytes.js";
import { fromBase64 } from "../../base64.js";
import { isJsonObject, parseJson, type JsonObject } from "../../codec/json-text.js";
import { readCeilingState, RECEIPT_COMMENT, type CeilingState } from "../../exchange/x402.js";
import { isRejection, reject, type Rejection } from "../../rejection.js";
import { chunksOf } from "./bytes-of.js";
import { consumerErrors } from "./errors.js";

/** One line of an event stream, as the application or its consumer needs it. */
export type StreamLine =
  /** A chunk of the answer. */
  | { readonly kind: "chunk"; readonly chunk: JsonObject; readonly line: string }
  /** The provider's error: the last line of a stream that breaks. */
  | { readonly kind: "error"; readonly message: string }
  | { readonly kind: "receipt"; readonly state: CeilingState }
  | { readonly kind: "done" }
  /** Comments and fields that no client reads: they keep the connection alive. */
  | { readonly kind: "other"; readonly line: string };

/** Bytes of a line: a receipt with its texts is one. */
const LINE_MAX = 32 * 1024 * 1024;
/** Bytes of a whole stream: the texts of an answer are bounded, chunks repeat their frame. */
const STREAM_MAX = 256 * 1024 * 1024;
const JSON_DEPTH_MAX = 64;
const DATA = /^data: ?/;
const COMMENT = `: ${RECEIPT_COMMENT}`;

/** The lines of an answer's event stream. A rejection is the last value: a broken connection, or what is no such stream. */
export async function* streamLines(answer: Response): AsyncGenerator<StreamLine | Rejection> {
  for await (const line of textLines(answer)) {
    if (isRejection(line)) {
      yield line;
      return;
    }
    if (line === "") continue;
    const read = readLine(line);
    yield read;
    if (isRejection(read)) return;
  }
}

function readLine(line: string): StreamLine | Rejection {
  if (line.startsWith(COMMENT)) return readReceipt(line.slice(COMMENT.length));
  if (!DATA.test(line)) return { kind: "other", line };
  const text = line.replace(DATA, "");
  if (text === "[DONE]") return { kind: "done" };
  const value = parseJson(text, JSON_DEPTH_MAX);
  if (isRejection(value) || !isJsonObject(value)) return wrong("data", "a line that is no JSON object");
  const { error } = value;
  if (!isJsonObject(error)) return { kind: "chunk", chunk: value, line };
  const { message } = error;
  return { kind: "error", message: typeof message === "string" ? message : "the provider failed" };
}

function readReceipt(text: string): StreamLine | Rejection {
  const bytes = fromBase64(text);
  const value = bytes === undefined ? undefined : parseJson(utf8Text(bytes) ?? "");
  if (value === undefined || isRejection(value)) return wrong("tributary-receipt", "no base64 of JSON");
  const state = readCeilingState(value);
  return isRejection(state) ? state : { kind: "receipt", state };
}

/** Lines without their ends: LF, or CR and LF. */
async function* textLines(answer: Response): AsyncGenerator<string | Rejection> {
  let parts: Bytes[] = [];
  let size = 0;
  for await (const chunk of chunksOf(answer, STREAM_MAX)) {
    if (isRejection(chunk)) {
      yield chunk;
      return;
    }
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      const line = textOf(concat(...parts, chunk.subarray(from, end)));
      yield line;
      if (isRejection(line)) return;
      [parts, size, from] = [[], 0, end + 1];
    }
    parts.push(chunk.slice(from));
    size += chunk.length - from;
    if (size > LINE_MAX) {
      yield wrong("line", `above ${LINE_MAX} bytes`);
      return;
    }
  }
}

const LF = 10;
const CR = 13;

function textOf(line: Bytes): string | Rejection {
  const text = utf8Text(line.at(-1) === CR ? line.subarray(0, -1) : line);
  return text ?? wrong("line", "invalid UTF-8");
}

function wrong(field: string, have: string): Rejection {
  return reject(consumerErrors.wrongAnswer, { field, have, need: "an event stream as OpenAI's" });
}
