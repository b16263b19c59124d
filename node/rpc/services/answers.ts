import type { Bytes } from "#proto/bytes.js";
import { sdkErrors } from "#proto/tx/errors.js";
import type { AbciAnswer } from "#proto/rpc/abci.js";

/** Answers in the form that the Cosmos SDK gives gRPC errors over ABCI: clients read codes and even the words. */
const NOTHING = new Uint8Array(0);

/** SDK codes (codespace sdk) and the words that CosmJS looks for. */
const GRPC = {
  NotFound: [sdkErrors.keyNotFound.code, "key not found"],
  InvalidArgument: [sdkErrors.invalidRequest.code, "invalid request"],
} as const;

export function answer(value: Bytes, height: bigint): AbciAnswer {
  return { code: 0, codespace: "", log: "", key: NOTHING, value, height, proofOps: [] };
}

export function refusal(kind: keyof typeof GRPC, sentence: string, height: bigint): AbciAnswer {
  const [code, words] = GRPC[kind];
  const log = `rpc error: code = ${kind} desc = ${sentence}: ${words}`;
  return { code, codespace: "sdk", log, key: NOTHING, value: NOTHING, height, proofOps: [] };
}
