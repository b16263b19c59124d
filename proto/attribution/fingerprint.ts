import type { Bytes } from "../bytes.js";
import { backend } from "../crypto/backend.js";
import { HASH_BYTES } from "../crypto/hash.js";
import { isRejection, type Rejection } from "../rejection.js";
import { FINGERPRINT_BYTES } from "./packed.js";
import { TOKEN_HASH_BYTES, tokenHashes } from "./token-hash.js";
import { tokenize } from "./tokens.js";
import { windowEnds } from "./windows.js";

const BLOCK_BYTES = 64;
/** A window has 8 to 32 tokens of 8 bytes: one, two or four blocks. */
const BLOCK_COUNTS = [1, 2, 4] as const;
/** Windows that are hashed at a time: at most 1 MiB of blocks. */
const BATCH_WINDOWS = 4_096;

/** The windows of one text. */
export interface Windows {
  /** The fingerprint of each window, packed, in position order, with repetitions. */
  readonly fingerprints: Bytes;
  /** By window, the token behind its last one (`windowEnds`). */
  readonly ends: Uint32Array;
}

/**
 * The windows of packed, checked token hashes. A fingerprint is the first 8 bytes of the root of the binary SHA-256 tree
 * over the window's hashes, padded with zeros to 64, 128 or 256 bytes; every node is the hash of 64 bytes (README).
 */
export function windowsOf(hashes: Bytes): Windows {
  const ends = windowEnds(hashes);
  const [tokens, fingerprints] = [words(hashes.slice()), new Uint8Array(ends.length * FINGERPRINT_BYTES)];
  for (let from = 0; from < ends.length; from += BATCH_WINDOWS) {
    const to = Math.min(from + BATCH_WINDOWS, ends.length);
    for (const blocks of BLOCK_COUNTS) {
      hashWindows(tokens, ends, windowsOfSize(ends, from, to, blocks), blocks, words(fingerprints));
    }
  }
  return { fingerprints, ends };
}

/** Bytes as pairs of 32-bit words, to be moved only: much faster than ranges of bytes. Needs an array of its own. */
function words(bytes: Bytes): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

/** The windows from `from` to `to`, which fill this number of blocks. */
function windowsOfSize(ends: Uint32Array, from: number, to: number, blocks: number): Uint32Array {
  const most = (blocks * BLOCK_BYTES) / TOKEN_HASH_BYTES;
  const windows = new Uint32Array(to - from);
  let count = 0;
  for (let i = from; i < to; i++) {
    const size = ends[i]! - i;
    if (size <= most && (blocks === 1 || 2 * size > most)) windows[count++] = i;
  }
  return windows.subarray(0, count);
}

/** Hashes windows of one size, a level of all their trees in a call. */
function hashWindows(
  tokens: Uint32Array,
  ends: Uint32Array,
  windows: Uint32Array,
  blocks: number,
  fingerprints: Uint32Array,
): void {
  if (windows.length === 0) return;
  let level = new Uint8Array(windows.length * blocks * BLOCK_BYTES);
  const leaves = words(level);
  for (let i = 0; i < windows.length; i++) {
    const [start, end] = [2 * windows[i]!, 2 * ends[windows[i]!]!];
    const at = (i * blocks * BLOCK_BYTES) / 4 - start;
    for (let word = start; word < end; word++) leaves[at + word] = tokens[word]!;
  }
  while (level.length > windows.length * HASH_BYTES) {
    const nodes = new Uint8Array(level.length / 2);
    backend().sha256Pairs(level, nodes);
    level = nodes;
  }
  const roots = words(level);
  for (let i = 0; i < windows.length; i++) {
    const [root, window] = [(i * HASH_BYTES) / 4, 2 * windows[i]!];
    fingerprints[window] = roots[root]!;
    fingerprints[window + 1] = roots[root + 1]!;
  }
}

/** The tokens and windows of one text. */
export interface TextPrint extends Windows {
  /** The packed hashes of its tokens. */
  readonly tokens: Bytes;
}

/**
 * Tokenizes and fingerprints one text. Rejects what `tokenize` rejects.
 * @param text UTF-8 bytes or a string, at most TEXT_BYTES_MAX
 */
export function printText(text: Bytes | string): TextPrint | Rejection {
  const tokens = tokenize(text);
  if (isRejection(tokens)) return tokens;
  const hashes = tokenHashes(tokens);
  return { tokens: hashes, ...windowsOf(hashes) };
}
