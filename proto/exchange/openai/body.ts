import type { RequestText } from "../../attribution/issue.js";
import { utf8Text, type Bytes } from "../../bytes.js";
import { isJsonObject, parseJson, type JsonObject } from "../../codec/json-text.js";
import { isRejection, reject, rejectionText, type Rejection } from "../../rejection.js";
import { exchangeErrors } from "../errors.js";
import type { Marking } from "../http-request.js";
import { readChat } from "./chat.js";
import { Fields } from "./fields.js";
import { readCompletion, readEmbedding } from "./prompts.js";
import { Texts, type Unmetered } from "./texts.js";

/** What a request of OpenAI's surface asks for. */
export type AskedKind = "chat" | "completion" | "embedding";

/** A request body as both sides of an exchange read it. */
export interface AskedBody {
  readonly kind: AskedKind;
  readonly model: string;
  readonly stream: boolean;
  /** Whether the last chunk of a stream tells the usage. */
  readonly includeUsage: boolean;
  /** The most that the answer may be long, in tokens. */
  readonly answerTokens: number | undefined;
  /** What the fee counts, in order; at most TEXTS_MAX, none of them empty. */
  readonly texts: readonly RequestText[];
  /** What is paid for by the call alone. */
  readonly unmetered: readonly Unmetered[];
  /** All members, to be passed on. */
  readonly members: JsonObject;
}

/** Paths that are asked with a body. */
export const ASKED_PATHS: ReadonlyMap<string, AskedKind> = new Map([
  ["/v1/chat/completions", "chat"],
  ["/v1/completions", "completion"],
  ["/v1/embeddings", "embedding"],
]);

const READ = { chat: readChat, completion: readCompletion, embedding: readEmbedding } as const;

/** Schemas of tools nest deeper than the program's own JSON. */
const DEPTH_MAX = 64;
const MODEL_LENGTH_MAX = 256;
const MODEL = /^[!-~]+$/;

/**
 * Reads a body: the same bytes and marking give the same texts on both sides. Rejects, in codespace exchange, what is not
 * OpenAI's shape in the members that are read, and what asks for several answers; all other members pass.
 * @param path without its query @param bytes the caller bounds them @param marking as `checkMarking` takes it
 */
export function readBody(path: string, bytes: Bytes, marking: Marking): AskedBody | Rejection {
  const kind = ASKED_PATHS.get(path);
  if (kind === undefined) {
    return reject(exchangeErrors.unknownPath, { have: path.slice(0, 64), need: [...ASKED_PATHS.keys()].join(", ") });
  }
  const members = readObject(bytes, "body");
  if (isRejection(members)) return members;
  const fields = new Fields();
  const texts = new Texts(fields, marking);
  const model = readModel(members, fields);
  const stream = kind !== "embedding" && fields.flag(members, "stream");
  const options = fields.object(members["stream_options"], "stream_options");
  const includeUsage = options !== undefined && fields.flag(options, "include_usage");
  const answerTokens = readAnswerTokens(members, fields);
  refuseSeveral(members, fields);
  READ[kind](members, fields, texts);
  const { failure } = fields;
  if (failure !== undefined) return failure;
  return {
    ...{ kind, model, stream, includeUsage: stream && includeUsage, answerTokens },
    ...{ texts: texts.texts, unmetered: texts.unmetered, members },
  };
}

/** Untrusted bytes as a JSON object. Rejects with exchange/notUtf8, notJson or wrongType. */
export function readObject(bytes: Bytes, field: string): JsonObject | Rejection {
  const text = utf8Text(bytes);
  if (text === undefined) return reject(exchangeErrors.notUtf8, { field });
  const value = parseJson(text, DEPTH_MAX);
  if (isRejection(value)) return reject(exchangeErrors.notJson, { field, why: rejectionText(value) });
  return isJsonObject(value) ? value : reject(exchangeErrors.wrongType, { field, need: "a JSON object" });
}

function readModel(members: JsonObject, fields: Fields): string {
  const model = fields.text(members, "model");
  if (model.length > MODEL_LENGTH_MAX || !MODEL.test(model)) {
    const need = `a name of 1 to ${MODEL_LENGTH_MAX} characters without spaces; GET /v1/models lists them`;
    fields.fail(reject(exchangeErrors.wrongValue, { field: "model", have: model.slice(0, 64), need }));
  }
  return model;
}

function readAnswerTokens(members: JsonObject, fields: Fields): number | undefined {
  const [older, newer] = [fields.count(members, "max_tokens"), fields.count(members, "max_completion_tokens")];
  return older === undefined || newer === undefined ? (newer ?? older) : Math.min(older, newer);
}

/** Members that ask for several answers, or for one that repeats its prompt: the value that one answer has. */
const ONE_ANSWER = [
  ["n", 1],
  ["best_of", 1],
  ["echo", false],
] as const;

function refuseSeveral(members: JsonObject, fields: Fields): void {
  for (const [field, only] of ONE_ANSWER) {
    const have = members[field] ?? only;
    if (have !== only) {
      const fix = `leave it out or send ${only}: a ceiling pays for one answer`;
      fields.fail(reject(exchangeErrors.notServed, { field, have: JSON.stringify(have).slice(0, 64), fix }));
    }
  }
}
