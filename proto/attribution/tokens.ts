import { utf8Text, type Bytes } from "../bytes.js";
import { reject, type Rejection } from "../rejection.js";
import { isLetter, isMark, singleWeight } from "../unicode/classes.js";
import { canonicalizer } from "./canonical.js";
import { poaErrors } from "./errors.js";
import { TEXT_BYTES_MAX } from "./limits.js";

/**
 * The tokens of canonical text (README): maximal runs of letters, marks and decimal digits with at least one letter or
 * digit, but one code point in scripts that are written without spaces. Nothing else is a token.
 */
export interface Tokens {
  readonly count: number;
  /** The UTF-8 bytes of the tokens, one after the other. */
  readonly bytes: Bytes;
  /** Offset of token i in `bytes`; one entry more than tokens, the last is the end. */
  readonly starts: Uint32Array;
  /** Class of token i: a place in TOKEN_WEIGHTS. */
  readonly classes: Uint8Array;
}

/** Weight of a token by its class: a run; one Han or Hangul code point; one of kana, Thai, Lao, Khmer or Myanmar. */
export const TOKEN_WEIGHTS = [4, 2, 1] as const;
const RUN = 0;
/** Class of a code point that is a token of its own, by its weight. */
const SINGLE_CLASSES = [RUN, 2, 1] as const;

/**
 * Splits a text into tokens. Rejects with poa/textTooLong, notUtf8 or loneSurrogate.
 * @param text UTF-8 bytes or a string, at most TEXT_BYTES_MAX bytes or UTF-16 units
 */
export function tokenize(text: Bytes | string): Tokens | Rejection {
  // A UTF-16 unit is at least one byte of UTF-8, so this bounds a string as well.
  if (text.length > TEXT_BYTES_MAX) return reject(poaErrors.textTooLong, { size: text.length, max: TEXT_BYTES_MAX });
  const decoded = typeof text === "string" ? text : utf8Text(text);
  if (decoded === undefined) return reject(poaErrors.notUtf8);

  const writer = tokenWriter(decoded.length);
  const canonical = canonicalizer((codePoint) => {
    const weight = singleWeight(codePoint);
    if (weight > 0) writer.single(codePoint, SINGLE_CLASSES[weight]);
    else if (isLetter(codePoint)) writer.letter(codePoint);
    else if (isMark(codePoint)) writer.mark(codePoint);
    else writer.gap();
  });
  for (let at = 0; at < decoded.length; at++) {
    const codePoint = decoded.codePointAt(at)!;
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) return reject(poaErrors.loneSurrogate, { at });
    if (codePoint > 0xffff) at++;
    canonical.push(codePoint);
  }
  canonical.end();
  return writer.finish();
}

/** The token at an index as canonical text. Needs index < tokens.count. */
export function tokenAt(tokens: Tokens, index: number): string {
  return utf8Text(tokens.bytes.subarray(tokens.starts[index]!, tokens.starts[index + 1]!)) ?? "";
}

/** @param units UTF-16 units of the text, so that a short one gets small buffers: a contribution has many */
function tokenWriter(units: number): {
  letter(codePoint: number): void;
  mark(codePoint: number): void;
  single(codePoint: number, tokenClass: number): void;
  gap(): void;
  finish(): Tokens;
} {
  const first = Math.min(units + 1, 1024);
  let bytes = new Uint8Array(4 * first);
  let starts = new Uint32Array(first);
  let classes = new Uint8Array(first);
  let [size, count] = [0, 0];
  /** Whether the last token is a run that goes on, and whether it has a letter or digit yet. */
  let [inside, lettered] = [false, false];
  const open = (tokenClass: number): void => {
    if (count + 1 >= starts.length) {
      starts = grown(starts, new Uint32Array(2 * starts.length));
      classes = grown(classes, new Uint8Array(2 * classes.length));
    }
    classes[count] = tokenClass;
    starts[count++] = size;
  };
  const append = (codePoint: number): void => {
    if (size + 4 > bytes.length) bytes = grown(bytes, new Uint8Array(2 * bytes.length));
    size = writeUtf8(bytes, size, codePoint);
  };
  /** Ends the run. One of marks alone is taken back. */
  const gap = (): void => {
    if (inside && !lettered) size = starts[--count]!;
    [inside, lettered] = [false, false];
  };
  const extend = (codePoint: number): void => {
    if (!inside) open(RUN);
    inside = true;
    append(codePoint);
  };
  return {
    letter(codePoint) {
      extend(codePoint);
      lettered = true;
    },
    mark: extend,
    single(codePoint, tokenClass) {
      gap();
      open(tokenClass);
      append(codePoint);
    },
    gap,
    finish() {
      gap();
      starts[count] = size;
      return {
        count,
        bytes: bytes.slice(0, size),
        starts: starts.slice(0, count + 1),
        classes: classes.slice(0, count),
      };
    },
  };
}

/** Writes one code point at `at`; returns the offset after it. */
function writeUtf8(bytes: Bytes, at: number, codePoint: number): number {
  let size = at;
  if (codePoint < 0x80) bytes[size++] = codePoint;
  else if (codePoint < 0x800) {
    bytes[size++] = 0xc0 | (codePoint >> 6);
    bytes[size++] = 0x80 | (codePoint & 63);
  } else {
    if (codePoint < 0x1_0000) bytes[size++] = 0xe0 | (codePoint >> 12);
    else {
      bytes[size++] = 0xf0 | (codePoint >> 18);
      bytes[size++] = 0x80 | ((codePoint >> 12) & 63);
    }
    bytes[size++] = 0x80 | ((codePoint >> 6) & 63);
    bytes[size++] = 0x80 | (codePoint & 63);
  }
  return size;
}

function grown<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
