import type { Bytes } from "../bytes.js";
import { FINGERPRINT_CHUNK_BYTES } from "../limits.js";
import { merkleRoot } from "../merkle/rfc6962.js";
import { isRejection, type Rejection } from "../rejection.js";
import { printText } from "./fingerprint.js";
import { FINGERPRINT_BYTES, distinctSorted, fingerprintCount } from "./packed.js";
import { setRoot } from "./set-tree.js";
import { TOKEN_HASH_BYTES } from "./token-hash.js";

/** The statements of a contribution about its records, and its fingerprint set. */
export interface PreparedContribution {
  /** RFC 6962 root over the bytes of the records, in order. */
  readonly contentRoot: Bytes;
  readonly contentBytes: bigint;
  readonly recordCount: number;
  readonly tokenCount: number;
  /** Of all records, with repetitions. */
  readonly windowCount: number;
  /** Records of which nothing can be matched: they have no window. */
  readonly shortRecords: number;
  readonly fpRoot: Bytes;
  readonly fpCount: number;
  /** Sorted, distinct, packed: 8 bytes each. */
  readonly fingerprints: Bytes;
}

/**
 * Computes everything that MsgContribute states. Rejects, in codespace poa, a text that does not tokenize, and more
 * than SET_FINGERPRINTS_MAX fingerprints.
 * @param records UTF-8 texts, each at most TEXT_BYTES_MAX; no fingerprint spans two of them
 */
export function prepareContribution(records: readonly Bytes[]): PreparedContribution | Rejection {
  const windows: Bytes[] = [];
  let [tokenCount, windowBytes, shortRecords] = [0, 0, 0];
  let contentBytes = 0n;
  for (const record of records) {
    const print = printText(record);
    if (isRejection(print)) return print;
    if (print.fingerprints.length === 0) shortRecords++;
    windows.push(print.fingerprints);
    windowBytes += print.fingerprints.length;
    tokenCount += print.tokens.length / TOKEN_HASH_BYTES;
    contentBytes += BigInt(record.length);
  }
  const fingerprints = distinctSorted(joined(windows, windowBytes));
  const fpRoot = setRoot(fingerprints);
  if (isRejection(fpRoot)) return fpRoot;
  return {
    contentRoot: merkleRoot(records),
    contentBytes,
    recordCount: records.length,
    tokenCount,
    windowCount: windowBytes / FINGERPRINT_BYTES,
    shortRecords,
    fpRoot,
    fpCount: fingerprintCount(fingerprints),
    fingerprints,
  };
}

/** `concat` for more parts than a call takes arguments. */
function joined(parts: readonly Bytes[], length: number): Bytes {
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/**
 * Splits a packed set into chunks of FINGERPRINT_CHUNK_BYTES: the first for MsgContribute, the others for
 * MsgAddFingerprints. An empty set is one empty chunk.
 */
export function fingerprintChunks(fingerprints: Bytes): Bytes[] {
  const chunks: Bytes[] = [];
  for (let at = 0; at < fingerprints.length; at += FINGERPRINT_CHUNK_BYTES) {
    chunks.push(fingerprints.slice(at, at + FINGERPRINT_CHUNK_BYTES));
  }
  return chunks.length === 0 ? [new Uint8Array(0)] : chunks;
}
