import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { toHex, utf8 } from "#proto/bytes.js";
import { isJsonObject, parseJson, type Json } from "#proto/codec/json-text.js";
import { sha256 } from "#proto/crypto/hash.js";
import { isRejection } from "#proto/rejection.js";
import { SeededRandom } from "../random.js";
import { generate } from "./generate.js";
import { instructionOf } from "./instruct.js";
import { train, type NgramModel } from "./train.js";

/** Words of an answer: 38 to the end of a sentence, at most 56; some 40 to 60 tokens. */
const LENGTH = { words: 38, slack: 18 };
const BODY_BYTES_MAX = 1024 * 1024;

/**
 * The model as a server of its own, with the part of OpenAI's surface that a chat needs. It knows nothing of the chain, of
 * channels or of keys. The same messages get the same answer.
 * @param name by which it is asked for
 */
export function modelServer(model: NgramModel, name: string): Server {
  return createServer((request, response) => {
    void answer(model, name, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

async function answer(model: NgramModel, name: string, request: IncomingMessage, response: ServerResponse) {
  if (request.method === "GET" && request.url === "/v1/models") {
    send(response, 200, { object: "list", data: [{ id: name, object: "model", owned_by: "tributary-demo" }] });
    return;
  }
  if (request.method !== "POST" || request.url !== "/v1/chat/completions") {
    refuse(response, 404, "only /v1/models and /v1/chat/completions are served");
    return;
  }
  const text = await bodyOf(request);
  const body = text === undefined ? undefined : parseJson(text);
  const instruction = isRejection(body) || !isJsonObject(body) ? undefined : instructionOf(body["messages"]);
  if (instruction === undefined || isRejection(body) || !isJsonObject(body)) {
    refuse(response, 400, "messages: a list of a role and a content each");
    return;
  }
  const id = toHex(sha256(utf8(JSON.stringify(body["messages"]))));
  const { lead, repeats, passages } = instruction;
  // This model is small: with a passage it goes by the passage alone.
  const reader = passages.length === 0 ? model : train(passages);
  const said = generate(reader, lead, LENGTH, SeededRandom.of("answer", id));
  const whole = repeats ? `${lead} ${said}` : said;
  const head = { id: `chatcmpl-${id.slice(0, 24)}`, created: 0, model: name };
  if (body["stream"] === true) stream(response, head, whole);
  else {
    const message = { role: "assistant", content: whole };
    send(response, 200, {
      ...head,
      object: "chat.completion",
      choices: [{ index: 0, message, finish_reason: "stop" }],
      usage: { prompt_tokens: 0, completion_tokens: whole.split(" ").length, total_tokens: whole.split(" ").length },
    });
  }
}

function stream(response: ServerResponse, head: object, whole: string): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const write = (delta: object, finish: string | null): void => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    response.write(`data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices })}\n\n`);
  };
  write({ role: "assistant", content: "" }, null);
  for (const piece of whole.match(/\S+\s*/g) ?? []) write({ content: piece }, null);
  write({}, "stop");
  response.end("data: [DONE]\n\n");
}

/** Undefined for one that is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > BODY_BYTES_MAX) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function refuse(response: ServerResponse, status: number, message: string): void {
  send(response, status, { error: { message, type: "invalid_request_error", param: null, code: null } });
}

function send(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
