import { isJsonObject, type Json, type JsonObject } from "../../codec/json-text.js";
import { reject, type Rejection } from "../../rejection.js";
import { exchangeErrors } from "../errors.js";
import type { AskedKind } from "./body.js";
import { Fields } from "./fields.js";

/** What one answer, or one chunk of it, says. */
export interface Said {
  /** The text that its receipt stands for; "" where it calls a function or holds no text. */
  readonly text: string;
  /** Why it ended, as the model's server says; undefined as long as it goes on. */
  readonly finish: string | undefined;
}

/** Where a choice holds its text: whole, and in a chunk. */
const CHOICE_MEMBERS = {
  chat: { whole: "message", chunk: "delta" },
  completion: { whole: undefined, chunk: undefined },
} as const;

/**
 * What a whole answer says. Both sides read it so. Rejects, in codespace exchange, what is not OpenAI's shape, and several
 * answers. An embedding says nothing.
 */
export function answerSaid(kind: AskedKind, answer: JsonObject): Said | Rejection {
  if (kind === "embedding") return { text: "", finish: undefined };
  const choices = answer["choices"];
  if (Array.isArray(choices) && choices.length === 1) return choiceSaid(kind, choices[0] as Json, "whole");
  return reject(exchangeErrors.wrongValue, { field: "choices", have: countOf(choices), need: "one choice" });
}

/** What a chunk of a stream says: its last one, with the usage, has no choice. Rejects what `answerSaid` rejects. */
export function chunkSaid(kind: AskedKind, chunk: JsonObject): Said | Rejection {
  const choices = chunk["choices"];
  if (kind === "embedding" || !Array.isArray(choices) || choices.length > 1) {
    return reject(exchangeErrors.wrongValue, { field: "choices", have: countOf(choices), need: "at most one choice" });
  }
  return choices.length === 0 ? { text: "", finish: undefined } : choiceSaid(kind, choices[0] as Json, "chunk");
}

function countOf(choices: Json | undefined): string {
  return Array.isArray(choices) ? `${choices.length}` : "no list";
}

function choiceSaid(kind: "chat" | "completion", choice: Json, part: "whole" | "chunk"): Said | Rejection {
  if (!isJsonObject(choice)) return reject(exchangeErrors.wrongType, { field: "choices[0]", need: "an object" });
  const index = choice["index"] ?? 0;
  if (index !== 0) return reject(exchangeErrors.wrongValue, { field: "choices[0].index", have: index, need: 0 });
  const fields = new Fields();
  const finish = fields.text(choice, "finish_reason", "choices[0].finish_reason");
  const member = CHOICE_MEMBERS[kind][part];
  const place = member === undefined ? "choices[0]" : `choices[0].${member}`;
  const holder = member === undefined ? choice : fields.object(choice[member], place);
  const key = member === undefined ? "text" : "content";
  const text = holder === undefined ? "" : fields.text(holder, key, `${place}.${key}`);
  return fields.failure ?? { text, finish: finish === "" ? undefined : finish };
}

/** An answer that ends early with this text, as a server ends it at the greatest length. Needs one that `answerSaid` takes. */
export function shortened(kind: "chat" | "completion", answer: JsonObject, text: string): JsonObject {
  const [choice] = answer["choices"] as readonly [JsonObject];
  const member = CHOICE_MEMBERS[kind].whole;
  const said = member === undefined ? { text } : { [member]: { ...(choice[member] as JsonObject), content: text } };
  return { ...answer, choices: [{ ...choice, ...said, finish_reason: "length" }] };
}

/** The last chunk of a stream that is cut: no text, and the reason. @param chunk one of the stream, for its id and model */
export function lengthChunk(kind: "chat" | "completion", chunk: JsonObject): JsonObject {
  const said = kind === "chat" ? { delta: {} } : { text: "" };
  return { ...withoutUsage(chunk), choices: [{ index: 0, ...said, logprobs: null, finish_reason: "length" }] };
}

/** The chunk that tells the usage alone. @param chunk one of the stream, for its id and model */
export function usageChunk(chunk: JsonObject): JsonObject {
  return { ...withoutUsage(chunk), choices: [] };
}

function withoutUsage(chunk: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(chunk).filter(([key]) => key !== "usage"));
}
