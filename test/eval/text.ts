import { readU32be } from "#proto/bytes.js";
import { printText, type TextPrint, type Windows } from "#proto/attribution/fingerprint.js";
import { isRejection, rejectionText } from "#proto/rejection.js";

/** Tokens and windows of a text. */
export function printOf(text: string): TextPrint {
  const print = printText(text);
  if (isRejection(print)) throw new Error(rejectionText(print));
  return print;
}

/** A window as a number that a Map finds fast: 53 of the 64 bits, so that two of 10^7 windows are one in 1 of 180 corpora. */
export function windowKey(high: number, low: number): number {
  return high * 2 ** 21 + (low >>> 11);
}

export function windowKeys({ fingerprints }: Windows): Float64Array {
  const keys = new Float64Array(fingerprints.length / 8);
  for (let i = 0; i < keys.length; i++) {
    keys[i] = windowKey(readU32be(fingerprints, 8 * i), readU32be(fingerprints, 8 * i + 4));
  }
  return keys;
}

const known = new Map<string, Float64Array>();

/** The windows of a text. Sources are asked several times, and printed once. */
export function keysOfText(text: string): Float64Array {
  const keys = known.get(text) ?? windowKeys(printOf(text));
  known.set(text, keys);
  return keys;
}
