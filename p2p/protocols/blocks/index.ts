import { BLOCKS_ANSWER_BYTES_MAX, BLOCKS_QUESTION_BYTES_MAX } from "#proto/wire/blocks.js";
import type { RequestProtocol } from "../protocol.js";

/** Decided blocks with their certificates, by range of heights. */
export const blocks: RequestProtocol = {
  kind: "request",
  name: "blocks",
  questionBytesMax: BLOCKS_QUESTION_BYTES_MAX,
  answerBytesMax: BLOCKS_ANSWER_BYTES_MAX,
  // 16 blocks an answer, or 1 MiB: more than one core verifies.
  questionsRate: { perSecond: 50, burst: 100 },
  // Bounds what one peer makes us hold: four answers.
  inFlightMax: 4,
  timeoutMs: 15_000,
};
