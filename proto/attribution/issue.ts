import type { Bytes } from "../bytes.js";
import { isRejection, type Rejection } from "../rejection.js";
import { fingerprintCount, printText, type TextProfile } from "./fingerprint.js";
import { contextRoot, outputRoot, promptRoot, type ContextChunk } from "./output-tree.js";
import type { Receipt } from "./receipt.js";

/** What was said and on what terms. Provider and consumer each make the receipt from it and compare. */
export interface Exchange {
  readonly channelId: bigint;
  readonly nonce: bigint;
  readonly versionId: bigint;
  readonly fee: bigint;
  /** Unix milliseconds. */
  readonly time: bigint;
  /** 32 secret random bytes, one seed a receipt. */
  readonly seed: Bytes;
  readonly prompt: string;
  readonly answer: string;
  readonly context: readonly ContextChunk[];
}

/** A receipt with the lists that an opening shows. */
export interface Issued {
  readonly receipt: Receipt;
  readonly fingerprints: Bytes;
  readonly promptFingerprints: Bytes;
}

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
