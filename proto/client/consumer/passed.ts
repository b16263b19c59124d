import { isJsonObject, type Json, type JsonObject } from "../../codec/json-text.js";
import { chunkSaid } from "../../exchange/openai/answer.js";
import type { AskedKind } from "../../exchange/openai/body.js";
import { isRejection, reject, type Rejection } from "../../rejection.js";
import { consumerErrors } from "./errors.js";

/**
 * What an application has of a stream. When the connection to the provider breaks, the same ceiling gives the same answer from
 * its start, perhaps in other chunks: of it the application gets what it does not have.
 */
export class Passed {
  readonly #kind: AskedKind;
  /** Texts of chunks; the answer's size is bounded by its ceiling. */
  #text = "";
  /** UTF-16 units of the answer that this connection has repeated. */
  #at = 0;
  #isPlain = true;
  #isRepeated = false;

  constructor(kind: AskedKind) {
    this.#kind = kind;
  }

  /** The text that came. */
  get text(): string {
    return this.#text;
  }

  /** Whether a further connection can continue: calls of functions have no place in the text. */
  get canContinue(): boolean {
    return this.#isPlain;
  }

  /** The answer comes again, from its start. */
  again(): void {
    this.#at = 0;
    this.#isRepeated = this.#text !== "" || this.#isRepeated;
  }

  /** The chunk as it goes on to the application; undefined for one that it has. Rejects another text than before. */
  add(chunk: JsonObject): JsonObject | undefined | Rejection {
    const said = chunkSaid(this.#kind, chunk);
    if (isRejection(said)) return said;
    this.#isPlain &&= isPlain(chunk);
    const { text, finish } = said;
    const known = this.#text.slice(this.#at, this.#at + text.length);
    if (!text.startsWith(known)) {
      return reject(consumerErrors.wrongAnswer, { field: "answer", have: "another text", need: "the text before" });
    }
    this.#at += text.length;
    const fresh = text.slice(known.length);
    this.#text += fresh;
    if (!this.#isRepeated || known === "") {
      return this.#isRepeated && text === "" && finish === undefined && !hasUsage(chunk) ? undefined : chunk;
    }
    return fresh === "" && finish === undefined ? undefined : withText(chunk, fresh);
  }
}

/** Members of a delta that a repetition does not double. */
const PLAIN = new Set(["role", "content", "refusal"]);

function choiceOf(chunk: JsonObject): JsonObject | undefined {
  const { choices } = chunk;
  const first = Array.isArray(choices) ? (choices[0] as Json | undefined) : undefined;
  return isJsonObject(first) ? first : undefined;
}

function isPlain(chunk: JsonObject): boolean {
  const delta = choiceOf(chunk)?.["delta"];
  if (!isJsonObject(delta)) return true;
  return Object.entries(delta).every(([key, value]) => PLAIN.has(key) || value === null);
}

function hasUsage(chunk: JsonObject): boolean {
  return isJsonObject(chunk["usage"]);
}

function withText(chunk: JsonObject, text: string): JsonObject {
  const choice = choiceOf(chunk) ?? {};
  const { delta } = choice;
  const said = isJsonObject(delta) ? { delta: { ...delta, content: text } } : { text };
  return { ...chunk, choices: [{ ...choice, ...said }] };
}
