import type { Bytes } from "../../bytes.js";
import { utf8 } from "../../bytes.js";
import type { JsonObject } from "../../codec/json-text.js";
import type { AskedBody } from "../../exchange/openai/body.js";
import { eventLine } from "./responses.js";

/**
 * An answer made anew from its sealed text, for an application that was gone when it ended: the provider does not keep the
 * answers that are paid. It ends for the reason "length", because it may have been cut when its application left. Undefined for
 * an answer without a text.
 */
export function rebuilt({ kind, model, stream }: AskedBody, id: string, text: string): Bytes[] | undefined {
  if (kind === "embedding" || text === "") return undefined;
  const said = sayings[kind](text)[stream ? "chunk" : "whole"];
  const choice = { index: 0, ...said, logprobs: null, finish_reason: "length" };
  const object = `${OBJECTS[kind]}${stream && kind === "chat" ? ".chunk" : ""}`;
  const answer: JsonObject = { id: `receipt-${id.slice(0, 24)}`, object, created: 0, model, choices: [choice] };
  return stream ? [eventLine(answer), eventLine("[DONE]")] : [utf8(JSON.stringify(answer))];
}

const OBJECTS = { chat: "chat.completion", completion: "text_completion" } as const;

const sayings = {
  chat: (text: string) => ({
    whole: { message: { role: "assistant", content: text } },
    chunk: { delta: { role: "assistant", content: text } },
  }),
  completion: (text: string) => ({ whole: { text }, chunk: { text } }),
} as const;
