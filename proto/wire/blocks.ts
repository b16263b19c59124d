import type { Bytes } from "../bytes.js";
import { message, type Messages } from "../codec/message.js";
import { BLOCK_BYTES_CEILING, CERTIFICATE_BYTES_MAX } from "../limits.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { wireErrors } from "./consensus.js";

/** A request for a range of decided blocks. */
export type BlocksQuestion = Messages["tributary.p2p.v1.BlocksQuestion"];
/** A decided block, or a window of its bytes. */
export type BlockWindow = Messages["tributary.p2p.v1.BlockWindow"];

/** Heights that one question may ask for. */
export const BLOCKS_PER_QUESTION_MAX = 16;
/** Upper bound of a question's size. */
export const BLOCKS_QUESTION_BYTES_MAX = 64;
/** Block bytes in one answer. A larger block is sent in several windows of this size; the last one has the rest. */
export const BLOCKS_WINDOW_BYTES = 1024 * 1024;
/** Upper bound of an answer's size: one full window, and the certificates of a whole answer. */
export const BLOCKS_ANSWER_BYTES_MAX = 2 * 1024 * 1024;

const questionCodec = message("tributary.p2p.v1.BlocksQuestion");
const answerCodec = message("tributary.p2p.v1.BlocksAnswer");

/** The question as canonical bytes. */
export function encodeBlocksQuestion(question: BlocksQuestion): Bytes {
  return questionCodec.encode(question);
}

/** Total: a question within its bounds, or a rejection that names the field. */
export function decodeBlocksQuestion(bytes: Bytes): BlocksQuestion | Rejection {
  const question = questionCodec.decode(bytes, BLOCKS_QUESTION_BYTES_MAX);
  if (isRejection(question)) return question;
  if (question.from === 0n) return reject(wireErrors.outOfBounds, { field: "from" });
  if (question.count === 0 || question.count > BLOCKS_PER_QUESTION_MAX) {
    return reject(wireErrors.outOfBounds, { field: "count" });
  }
  if (question.offset >= BLOCK_BYTES_CEILING) return reject(wireErrors.outOfBounds, { field: "offset" });
  return question;
}

/** The answer as canonical bytes. */
export function encodeBlocksAnswer(blocks: readonly BlockWindow[]): Bytes {
  return answerCodec.encode({ blocks: [...blocks] });
}

/**
 * Total: heights are consecutive, windows are inside their totals, and totals are within `blockBytesMax`, checked
 * before anything is allocated for a block. A window that does not end its block must be full, so a block has the
 * fewest possible. The caller checks that the answer fits the question.
 */
export function decodeBlocksAnswer(bytes: Bytes, blockBytesMax: number): readonly BlockWindow[] | Rejection {
  const answer = answerCodec.decode(bytes, BLOCKS_ANSWER_BYTES_MAX);
  if (isRejection(answer)) return answer;
  const { blocks } = answer;
  if (blocks.length > BLOCKS_PER_QUESTION_MAX) {
    return reject(wireErrors.outOfBounds, { field: "blocks", count: blocks.length });
  }
  for (const [at, window] of blocks.entries()) {
    const where = { height: window.height };
    if (at > 0 && window.height !== blocks[at - 1]!.height + 1n) {
      return reject(wireErrors.outOfBounds, { field: "height", ...where });
    }
    if (window.certificate.length > CERTIFICATE_BYTES_MAX) {
      return reject(wireErrors.outOfBounds, { field: "certificate", ...where });
    }
    if (window.total > blockBytesMax) return reject(wireErrors.outOfBounds, { field: "total", ...where });
    if (window.bytes.length === 0 || window.offset + window.bytes.length > window.total) {
      return reject(wireErrors.outOfBounds, { field: "bytes", ...where });
    }
    const isLast = window.offset + window.bytes.length === window.total;
    if (!isLast && window.bytes.length !== BLOCKS_WINDOW_BYTES) {
      return reject(wireErrors.outOfBounds, { field: "bytes", ...where });
    }
    const whole = window.bytes.length === window.total;
    if (!whole && blocks.length > 1) return reject(wireErrors.outOfBounds, { field: "blocks", ...where });
  }
  return blocks;
}
