import type { Bytes } from "../bytes.js";
import { isRejection, type Rejection } from "../rejection.js";
import { fingerprintCount, printText, type TextProfile } from "./fingerprint.js";
import { contextRoot, outputRoot, promptRoot, type ContextChunk } from "./output-tree.js";
import type { Receipt } from "./receipt.js";

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
  readonly fingerprints: Bytes;
  readonly promptFingerprints: Bytes;
}

/**
 * Computes the receipt of an exchange. Rejects, in codespace poa, text that does not tokenize, more than POSITIONS_MAX
 * positions, more than CONTEXT_CHUNKS_MAX chunks, and hashes or seeds of a wrong size.
 */
export function issueReceipt(exchange: Exchange, profile: TextProfile): Issued | Rejection {
  const answer = printText(exchange.answer, profile);
  if (isRejection(answer)) return answer;
  const prompt = printText(exchange.prompt, profile);
  if (isRejection(prompt)) return prompt;
  const outRoot = outputRoot(exchange.seed, answer.positions);
  if (isRejection(outRoot)) return outRoot;
  const ofPrompt = promptRoot(exchange.seed, prompt.positions);
  if (isRejection(ofPrompt)) return ofPrompt;
  const ofContext = contextRoot(exchange.seed, exchange.context);
  if (isRejection(ofContext)) return ofContext;

  const { channelId, nonce, versionId, fee, time } = exchange;
  const positions = fingerprintCount(answer.positions);
  const receipt = {
    channelId,
    nonce,
    versionId,
    fee,
    positions,
    outRoot,
    promptRoot: ofPrompt,
    contextRoot: ofContext,
    time,
  };
  return { receipt, fingerprints: answer.positions, promptFingerprints: prompt.positions };
}
