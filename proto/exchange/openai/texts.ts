import type { RequestText } from "../../attribution/issue.js";
import { reject } from "../../rejection.js";
import { exchangeErrors } from "../errors.js";
import type { Marking } from "../http-request.js";
import type { Fields } from "./fields.js";
import { markedParts } from "./delimiters.js";

/** Texts of one request: with what a provider adds they stay below the spans of a receipt. */
export const TEXTS_MAX = 512;

/** What reaches a model and is no text: it is paid for by the call. Members of a body, and types of a message's parts. */
export const UNMETERED = [
  ...["image_url", "input_audio", "file", "audio", "refusal", "other_part", "token_numbers"],
  ...["tools", "functions", "response_format", "prediction"],
] as const;
/** A name of UNMETERED. */
export type Unmetered = (typeof UNMETERED)[number];

/** Collects what a request says. Empty texts are left out: they are no text of a receipt. */
export class Texts {
  readonly texts: RequestText[] = [];
  /** Names of what is not counted, each once, in order of their first place. */
  readonly unmetered: Unmetered[] = [];
  readonly #fields: Fields;
  readonly #marking: Marking;

  constructor(fields: Fields, marking: Marking) {
    this.#fields = fields;
    this.#marking = marking;
  }

  /** A text of a kind. The user's own is split at the delimiters of the marking. @param field for the rejection */
  add(kind: RequestText["kind"], text: string, field: string): void {
    const parts: readonly RequestText[] =
      kind === "own" ? markedParts(text, this.#marking.delimiters, TEXTS_MAX) : [{ kind, text, datanet: undefined }];
    const count = this.texts.length + parts.length;
    if (count > TEXTS_MAX) this.#fields.fail(reject(exchangeErrors.tooManyTexts, { field, count, max: TEXTS_MAX }));
    else for (const part of parts) if (part.text !== "") this.texts.push(part);
  }

  /** What reaches the model, and is no text that a receipt counts. */
  addUnmetered(name: Unmetered): void {
    if (!this.unmetered.includes(name)) this.unmetered.push(name);
  }

  /** How the texts of a message of a role are told apart. A developer's message is a system message by its newer name. */
  kindOf(role: string): RequestText["kind"] {
    if (role === "assistant") return "answered";
    const names = ROLE_NAMES.get(role) ?? [role];
    return names.some((name) => this.#marking.roles.includes(name)) ? "marked" : "own";
  }
}

const ROLE_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ["developer", ["developer", "system"]],
  ["system", ["developer", "system"]],
  ["function", ["function", "tool"]],
  ["tool", ["function", "tool"]],
]);
