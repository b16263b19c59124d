import type { Bytes } from "../bytes.js";
import { message, type Messages } from "../codec/message.js";
import { BLOCK_BYTES_CEILING, CERTIFICATE_BYTES_MAX } from "../limits.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { wireErrors } from "./consensus.js";

/** Decided blocks by range of heights, in answers that a stream carries without ever waiting for its reader. */
export type BlocksQuestion = Messages["tributary.p2p.v1.BlocksQuestion"];
export type BlockWindow = Messages["tributary.p2p.v1.BlockWindow"];

export const BLOCKS_PER_QUESTION_MAX = 16;
export const BLOCKS_QUESTION_BYTES_MAX = 64;
/** Block bytes in one answer; a larger block comes in several windows of this size, and the rest in a last one. */
export const BLOCKS_WINDOW_BYTES = 1024 * 1024;
/** One full window, with the certificates of a whole answer. */
export const BLOCKS_ANSWER_BYTES_MAX = 2 * 1024 * 1024;

const questionCodec = message("tributary.p2p.v1.BlocksQuestion");
const answerCodec = message("tributary.p2p.v1.BlocksAnswer");

export function encodeBlocksQuestion(question: BlocksQuestion): Bytes {
  return questionCodec.encode(question);
}

export function decodeBlocksQuestion(bytes: Bytes): BlocksQuestion | Rejection {
  const question = questionCodec.decode(bytes, BLOCKS_QUESTION_BYTES_MAX);
  if (isRejection(question)) return question;
  if (question.from === 0n) return reject(wireErrors.outOfBounds, { field: "from" });
  if (question.count === 0 || question.count > BLOCKS_PER_QUESTION_MAX)
    return reject(wireErrors.outOfBounds, { field: "count" });
  if (question.offset >= BLOCK_BYTES_CEILING) return reject(wireErrors.outOfBounds, { field: "offset" });
  return question;
}

export function encodeBlocksAnswer(blocks: readonly BlockWindow[]): Bytes {
  return answerCodec.encode({ blocks: [...blocks] });
}

/**
 * Total: consecutive heights, windows inside their totals, and totals within `blockBytesMax`, checked before anybody
 * allocates a block. A window that does not end its block is full: a block has as few as it can. Whether it answers the
 * question is for the asker to see.
 */
export function decodeBlocksAnswer(bytes: Bytes, blockBytesMax: number): readonly BlockWindow[] | Rejection {
  const answer = answerCodec.decode(bytes, BLOCKS_ANSWER_BYTES_MAX);
  if (isRejection(answer)) return answer;
  const { blocks } = answer;
  if (blocks.length > BLOCKS_PER_QUESTION_MAX)
    return reject(wireErrors.outOfBounds, { field: "blocks", count: blocks.length });
  for (const [at, window] of blocks.entries()) {
    const where = { height: window.height };
    if (at > 0 && window.height !== blocks[at - 1]!.height + 1n)
      return reject(wireErrors.outOfBounds, { field: "height", ...where });
    if (window.certificate.length > CERTIFICATE_BYTES_MAX)
      return reject(wireErrors.outOfBounds, { field: "certificate", ...where });
    if (window.total > blockBytesMax) return reject(wireErrors.outOfBounds, { field: "total", ...where });
    if (window.bytes.length === 0 || window.offset + window.bytes.length > window.total) {
      return reject(wireErrors.outOfBounds, { field: "bytes", ...where });
    }
    const isLast = window.offset + window.bytes.length === window.total;
    if (!isLast && window.bytes.length !== BLOCKS_WINDOW_BYTES)
      return reject(wireErrors.outOfBounds, { field: "bytes", ...where });
    const whole = window.bytes.length === window.total;
    if (!whole && blocks.length > 1) return reject(wireErrors.outOfBounds, { field: "blocks", ...where });
  }
  return blocks;
}
