import { utf8 } from "#proto/bytes.js";

/** JSON text that was written once and is sent to whoever asks, from one buffer: the genesis, a block's event. */
export class SharedText {
  readonly bytes: Uint8Array;

  constructor(text: string) {
    this.bytes = utf8(text);
  }
}

/** An answer in parts that follow each other. */
export type Parts = readonly (string | SharedText)[];

export const partBytes = (part: string | SharedText): Uint8Array =>
  part instanceof SharedText ? part.bytes : Buffer.from(part, "utf8");

/** Bytes that the answer alone holds. */
export function ownBytes(parts: Parts): number {
  return parts.reduce((sum, part) => sum + (part instanceof SharedText ? 0 : Buffer.byteLength(part)), 0);
}
