import { utf8, type Bytes } from "#proto/bytes.js";

/** Formats of which a file may be whole ASCII and still no text: where their mark stands, and what they are. */
const MARKS: readonly (readonly [at: number, mark: string, kind: string])[] = [
  [0, "%PDF-", "is a PDF document"],
  [0, "%!PS", "is a PostScript document"],
  [0, "{\\rtf", "is an RTF document"],
  [257, "ustar", "is a tar archive"],
];

/** Backspace to carriage return, the DOS end of file and the escape of terminal colours stand in text; other controls do not. */
const isTextByte = (byte: number): boolean =>
  byte >= 0x20 || (byte >= 0x08 && byte <= 0x0d) || byte === 0x1a || byte === 0x1b;

/** Why bytes are not text although they may be valid UTF-8; undefined for text. */
export function notText(bytes: Bytes): string | undefined {
  const marked = MARKS.find(([at, mark]) => utf8(mark).every((byte, i) => bytes[at + i] === byte));
  if (marked !== undefined) return marked[2];
  const control = bytes.findIndex((byte) => !isTextByte(byte));
  if (control === -1) return undefined;
  // Every space and line end of UTF-16 has a zero byte.
  return bytes[control] === 0
    ? "has zero bytes: UTF-16, or no text"
    : `has control characters (the first is byte ${control}): not text`;
}
