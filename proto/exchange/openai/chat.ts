import { isJsonObject, type Json, type JsonObject } from "../../codec/json-text.js";
import { reject } from "../../rejection.js";
import { exchangeErrors } from "../errors.js";
import type { Fields } from "./fields.js";
import { UNMETERED, type Texts, type Unmetered } from "./texts.js";

/** Members that describe to the model what it may answer with. */
const DESCRIPTIONS: readonly Unmetered[] = ["tools", "functions", "response_format", "prediction"];
const ROLE = /^[a-z_]{1,32}$/;

/** Reads what a chat says: its messages in order, and in each its text before what it calls. */
export function readChat(body: JsonObject, fields: Fields, texts: Texts): void {
  const messages = fields.list(body, "messages");
  if (messages.length === 0) {
    fields.fail(reject(exchangeErrors.wrongValue, { field: "messages", have: "none", need: "one or more" }));
  }
  for (const [i, each] of messages.entries()) {
    if (fields.failure !== undefined) return;
    readMessage(each, `messages[${i}]`, fields, texts);
  }
  for (const name of DESCRIPTIONS) if ((body[name] ?? undefined) !== undefined) texts.addUnmetered(name);
}

function readMessage(message: Json, field: string, fields: Fields, texts: Texts): void {
  if (!isJsonObject(message)) return fields.wrongType(field, "an object");
  const role = fields.text(message, "role", `${field}.role`);
  if (!ROLE.test(role)) {
    const need = "a role, such as user";
    return fields.fail(reject(exchangeErrors.wrongValue, { field: `${field}.role`, have: role.slice(0, 32), need }));
  }
  const kind = texts.kindOf(role);
  const { content } = message;
  if (typeof content === "string") texts.add(kind, content, `${field}.content`);
  else {
    for (const [i, part] of fields.list(message, "content", `${field}.content`).entries()) {
      readPart(part, kind, `${field}.content[${i}]`, fields, texts);
    }
  }
  if ((message["audio"] ?? undefined) !== undefined) texts.addUnmetered("audio");
  if ((message["refusal"] ?? undefined) !== undefined) texts.addUnmetered("refusal");
  for (const [i, call] of fields.list(message, "tool_calls", `${field}.tool_calls`).entries()) {
    const place = `${field}.tool_calls[${i}]`;
    if (!isJsonObject(call)) return fields.wrongType(place, "an object");
    readCall(call["function"], kind, `${place}.function`, fields, texts);
  }
  readCall(message["function_call"], kind, `${field}.function_call`, fields, texts);
}

/** What a model said when it called a function: the arguments are its text. */
function readCall(
  value: Json | undefined,
  kind: "own" | "answered" | "marked",
  field: string,
  fields: Fields,
  texts: Texts,
): void {
  const called = fields.object(value, field);
  if (called !== undefined) {
    texts.add(kind, fields.text(called, "arguments", `${field}.arguments`), `${field}.arguments`);
  }
}

function readPart(part: Json, kind: "own" | "answered" | "marked", field: string, fields: Fields, texts: Texts): void {
  if (!isJsonObject(part)) return fields.wrongType(field, "an object");
  const type = fields.text(part, "type", `${field}.type`);
  if (type === "text") texts.add(kind, fields.text(part, "text", `${field}.text`), `${field}.text`);
  else texts.addUnmetered(UNMETERED.find((name) => name === type) ?? "other_part");
}
