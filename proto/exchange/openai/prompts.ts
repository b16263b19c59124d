import type { Json, JsonObject } from "../../codec/json-text.js";
import { reject } from "../../rejection.js";
import { exchangeErrors } from "../errors.js";
import type { Fields } from "./fields.js";
import type { Texts } from "./texts.js";

/** Reads what a completion goes on: one prompt, and the text behind the answer. */
export function readCompletion(body: JsonObject, fields: Fields, texts: Texts): void {
  const count = readTexts(body["prompt"], "prompt", fields, texts);
  if (count > 1) {
    fields.fail(
      reject(exchangeErrors.notServed, { field: "prompt", have: `${count} prompts`, fix: "send one request each" }),
    );
  }
  texts.add("own", fields.text(body, "suffix"), "suffix");
}

/** Reads what an embedding stands for. */
export function readEmbedding(body: JsonObject, fields: Fields, texts: Texts): void {
  readTexts(body["input"], "input", fields, texts);
}

/** A text, a list of them, or the numbers of tokens in either place. @returns how many texts */
function readTexts(value: Json | undefined, field: string, fields: Fields, texts: Texts): number {
  const need = "a string, a list of strings, or token numbers";
  if (typeof value === "string") {
    texts.add("own", value, field);
    return 1;
  }
  if (!Array.isArray(value) || value.length === 0) {
    fields.wrongType(field, need);
    return 0;
  }
  const list = value as readonly Json[];
  if (areNumbers(list)) {
    texts.addUnmetered("token_numbers");
    return 1;
  }
  for (const [i, each] of list.entries()) {
    if (fields.failure !== undefined) break;
    if (typeof each === "string") texts.add("own", each, `${field}[${i}]`);
    else if (areNumbers(each)) texts.addUnmetered("token_numbers");
    else fields.wrongType(`${field}[${i}]`, need);
  }
  return list.length;
}

function areNumbers(value: Json): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((each) => Number.isSafeInteger(each));
}
