import { utf8 } from "#proto/bytes.js";

/** Bytes that are sent to all clients from one buffer: a file of the explorer. */
export class SharedBytes {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** JSON text that is written once and sent to all clients from one buffer: the genesis, a block's event. */
export class SharedText extends SharedBytes {
  constructor(text: string) {
    super(utf8(text));
  }
}

/**
 * JSON text of one answer that was written piece by piece: a long list leaves its objects and no long string behind, which
 * would outlive the collector's young space.
 */
export class WrittenText {
  readonly bytes: Uint8Array;

  constructor(pieces: readonly string[]) {
    this.bytes = Buffer.concat(pieces.map((piece) => Buffer.from(piece, "utf8")));
  }
}

/** An answer in parts that follow each other. */
export type Parts = readonly (string | SharedBytes | WrittenText)[];

export const partBytes = (part: Parts[number]): Uint8Array =>
  typeof part === "string" ? Buffer.from(part, "utf8") : part.bytes;

/** Bytes that the answer alone holds. */
export function ownBytes(parts: Parts): number {
  return parts.reduce((sum, part) => sum + (part instanceof SharedBytes ? 0 : partLength(part)), 0);
}

const partLength = (part: string | WrittenText): number =>
  typeof part === "string" ? Buffer.byteLength(part) : part.bytes.length;
