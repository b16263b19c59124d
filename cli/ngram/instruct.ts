import { isJsonObject, type Json } from "#proto/codec/json-text.js";

/** What a small model takes from the messages of a chat. */
export interface Instruction {
  /** The words that the answer goes on from. */
  readonly lead: string;
  /** The answer begins with the lead. */
  readonly repeats: boolean;
  /** Texts that the answer goes by, if there are any: of the system, of tools, and between <source> and </source>. */
  readonly passages: readonly string[];
}

const SOURCE = /<source[^>]*>([\s\S]*?)<\/source>/g;
const CONTEXT_ROLES = new Set(["system", "developer", "tool"]);

/**
 * The last message of the user says what to go on from: in quotation marks, or behind its last colon. Undefined for messages
 * that are not those of a chat.
 */
export function instructionOf(messages: Json | undefined): Instruction | undefined {
  if (!Array.isArray(messages) || messages.length === 0) return undefined;
  const passages: string[] = [];
  let asked = "";
  for (const message of messages as readonly Json[]) {
    if (!isJsonObject(message) || typeof message["role"] !== "string") return undefined;
    const text = textOf(message["content"]);
    if (CONTEXT_ROLES.has(message["role"])) passages.push(text);
    if (message["role"] !== "user") continue;
    for (const [, passage = ""] of text.matchAll(SOURCE)) passages.push(passage);
    asked = text.replace(SOURCE, " ");
  }
  if (passages.length > 0) return { lead: "", repeats: false, passages };
  const quoted = /"([^"]+)"/.exec(asked)?.[1];
  const lead = (quoted ?? asked.slice(asked.lastIndexOf(":") + 1)).replace(/\.\.\.\s*$/, "").trim();
  return { lead, repeats: asked.includes("say it once more"), passages };
}

function textOf(content: Json | undefined): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  const parts = content.map((part: Json) =>
    isJsonObject(part) && typeof part["text"] === "string" ? part["text"] : "",
  );
  return parts.join("\n");
}
