import type { JsonObject } from "#proto/codec/json-text.js";
import type { AskedBody } from "#proto/exchange/openai/body.js";

/** Finds passages of texts that the operator holds. */
export interface Passages {
  /** Datanets of the texts: a request that names them lets them be paid. */
  readonly datanets: readonly bigint[];
  /** Passages for a question, best first, of at most so many tokens together; "" where nothing fits. */
  find(question: string, tokensMax: number): string;
}

/** A model as the gateway offers it. */
export interface ModelOffer {
  /** By which clients ask for it. */
  readonly name: string;
  /** By which its server knows it. */
  readonly upstream: string;
  readonly versionId: bigint;
  readonly passages: Passages | undefined;
}

/** Paths of the model's server, behind its URL. */
export const UPSTREAM_PATHS = {
  chat: "/chat/completions",
  completion: "/completions",
  embedding: "/embeddings",
} as const;

/** The body for the model's server: the same members, its own name of the model, and what was added before all else. */
export function upstreamBody(body: AskedBody, offer: ModelOffer, added: readonly string[]): JsonObject {
  const { kind, members } = body;
  const named = { ...members, model: offer.upstream };
  const [text] = added;
  if (text === undefined) return named;
  if (kind === "chat") {
    const messages = members["messages"] as readonly JsonObject[];
    return { ...named, messages: [{ role: "system", content: text }, ...messages] };
  }
  const { prompt } = members;
  const [first] = Array.isArray(prompt) ? (prompt as readonly string[]) : [prompt];
  return { ...named, prompt: `${text}\n\n${String(first)}` };
}
