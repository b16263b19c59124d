import type { Bytes } from "../bytes.js";
import { isRejection, type Rejection } from "../rejection.js";
import { printText } from "./fingerprint.js";
import { contextRoot, outputRoot, promptRoot, type ContextChunk } from "./output-tree.js";
import type { Receipt } from "./receipt.js";
import { TOKEN_HASH_BYTES } from "./token-hash.js";

/** One question and answer and its terms. Provider and consumer each compute the receipt from it and compare. */
export interface Exchange {
  readonly channelId: bigint;
  readonly nonce: bigint;
  readonly versionId: bigint;
  readonly fee: bigint;
  /** Unix milliseconds. */
  readonly time: bigint;
  /** 32 secret random bytes, a fresh seed per receipt. */
  readonly seed: Bytes;
  readonly prompt: string;
  readonly answer: string;
  readonly context: readonly ContextChunk[];
}

/** A receipt with the packed lists that an opening reveals. */
export interface Issued {
  readonly receipt: Receipt;
  readonly tokens: Bytes;
  readonly promptTokens: Bytes;
}

/**
 * Computes the receipt of an exchange. Rejects, in codespace poa, text that does not tokenize, more than TOKENS_MAX
 * tokens, more than CONTEXT_CHUNKS_MAX chunks, and hashes or seeds of a wrong size.
 */
export function issueReceipt(exchange: Exchange): Issued | Rejection {
  const answer = printText(exchange.answer);
  if (isRejection(answer)) return answer;
  const prompt = printText(exchange.prompt);
  if (isRejection(prompt)) return prompt;
  const outRoot = outputRoot(exchange.seed, answer.tokens);
  if (isRejection(outRoot)) return outRoot;
  const ofPrompt = promptRoot(exchange.seed, prompt.tokens);
  if (isRejection(ofPrompt)) return ofPrompt;
  const ofContext = contextRoot(exchange.seed, exchange.context);
  if (isRejection(ofContext)) return ofContext;

  const { channelId, nonce, versionId, fee, time } = exchange;
  const tokens = answer.tokens.length / TOKEN_HASH_BYTES;
  const receipt = {
    channelId,
    nonce,
    versionId,
    fee,
    tokens,
    outRoot,
    promptRoot: ofPrompt,
    contextRoot: ofContext,
    time,
  };
  return { receipt, tokens: answer.tokens, promptTokens: prompt.tokens };
}
