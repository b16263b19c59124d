import { isRejection, rejectionText } from "#proto/rejection.js";
import { readU32be, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { tokenize } from "#proto/attribution/text.js";
import type { Windows } from "#proto/attribution/rule/facts.js";
import { singleWeight } from "#proto/unicode/classes.js";

/** A text as the rule sees it. */
export interface Print extends Windows {
  /** Packed token hashes. */
  readonly tokens: Bytes;
}

const [BLOCK_BYTES, WINDOW_WEIGHT] = [64, 32];
const CLASSES = [0, 2, 1] as const;
const WEIGHTS = [4, 2, 1] as const;
const hashes = new Map<string, Bytes>();

function hashOf(token: Bytes): Bytes {
  const text = Buffer.from(token).toString("utf8");
  let hash = hashes.get(text);
  if (hash === undefined) {
    hash = sha256(utf8("poa2/tok"), Uint8Array.of(2), token).slice(0, 8);
    hash[7] = (hash[7]! & 0xfc) | CLASSES[singleWeight(text.codePointAt(0)!)];
    hashes.set(text, hash);
  }
  return hash;
}

/** Tokens and windows of a text. */
export function printOf(text: string): Print {
  const tokens = tokenize(text);
  if (isRejection(tokens)) throw new Error(rejectionText(tokens));
  const packed = new Uint8Array(8 * tokens.count);
  for (let i = 0; i < tokens.count; i++) {
    packed.set(hashOf(tokens.bytes.subarray(tokens.starts[i]! + 1, tokens.starts[i + 1]!)), 8 * i);
  }
  return { tokens: packed, ...windowsOf(packed) };
}

export function windowsOf(tokens: Bytes): Windows {
  const count = tokens.length / 8;
  const weight = (at: number): number => WEIGHTS[tokens[8 * at + 7]! & 3]!;
  const fingerprints = new Uint8Array(8 * count);
  const ends = new Uint32Array(count);
  let [windows, end, sum] = [0, 0, 0];
  for (let from = 0; from < count; from++) {
    while (end < count && sum < WINDOW_WEIGHT) sum += weight(end++);
    if (sum < WINDOW_WEIGHT) break;
    fingerprints.set(rootOf(tokens.subarray(8 * from, 8 * end)), 8 * windows);
    ends[windows++] = end;
    sum -= weight(from);
  }
  return { fingerprints: fingerprints.slice(0, 8 * windows), ends: ends.slice(0, windows) };
}

function rootOf(window: Bytes): Bytes {
  let level: Bytes = window;
  if (window.length !== BLOCK_BYTES) {
    const blocks = 2 ** Math.ceil(Math.log2(window.length / BLOCK_BYTES));
    level = new Uint8Array(BLOCK_BYTES * Math.max(1, blocks));
    level.set(window);
  }
  while (level.length > 32) {
    const next = new Uint8Array(level.length / 2);
    for (let at = 0; at < level.length; at += BLOCK_BYTES)
      next.set(sha256(level.subarray(at, at + BLOCK_BYTES)), at / 2);
    level = next;
  }
  return level.subarray(0, 8);
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
