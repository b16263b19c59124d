import { intentCommitment } from "#proto/attribution/commitment.js";
import {
  distinctSorted,
  fingerprintCount,
  printText,
  type TextPrint,
  type TextProfile,
} from "#proto/attribution/fingerprint.js";
import { setRoot } from "#proto/attribution/set-tree.js";
import { utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { FINGERPRINT_CHUNK_BYTES } from "#proto/limits.js";
import { merkleRoot } from "#proto/merkle/rfc6962.js";
import { isRejection, rejectionText, type Rejection } from "#proto/rejection.js";
import { CliFault } from "../../fault.js";
import { SeededRandom } from "../random.js";
import type { Submission } from "./submissions.js";

/** A submission with everything that goes on chain; the text itself stays with its owner. */
export interface Prepared extends Submission {
  /** RFC 6962 root over the SHA-256 of each record; an address is one record. */
  readonly contentRoot: Bytes;
  readonly contentBytes: bigint;
  readonly fpRoot: Bytes;
  readonly fpCount: number;
  readonly tokenCount: number;
  /** Sorted, distinct fingerprints in records of at most 64 kB. */
  readonly chunks: readonly [Bytes, ...Bytes[]];
  readonly nonce: Bytes;
  readonly commitment: Bytes;
}

/** @param address 20 bytes of the owner's account @param seed the nonce follows from it; a contributor draws a secret one */
export function prepare(submission: Submission, address: Bytes, profile: TextProfile, seed: string): Prepared {
  const content = utf8(submission.text);
  const print = orFault<TextPrint>(submission, printText(content, profile));
  const packed = distinctSorted(print.positions);
  const contentRoot = merkleRoot([sha256(content)]);
  const fpRoot = orFault<Bytes>(submission, setRoot(packed));
  const nonce = SeededRandom.of(seed, "nonce", submission.owner, submission.title).bytes(32);
  return {
    ...submission,
    contentRoot,
    contentBytes: BigInt(content.length),
    fpRoot,
    fpCount: fingerprintCount(packed),
    tokenCount: print.tokenCount,
    chunks: chunked(packed),
    nonce,
    commitment: intentCommitment({ fpRoot, contentRoot, owner: address, nonce }),
  };
}

/** @throws CliFault(demo_text) for a text without a single fingerprint: nothing could ever be credited to it */
function chunked(packed: Bytes): readonly [Bytes, ...Bytes[]] {
  if (packed.length === 0) throw new CliFault("demo_text", "a text of the corpus is too short to be fingerprinted");
  const rest: Bytes[] = [];
  for (let at = FINGERPRINT_CHUNK_BYTES; at < packed.length; at += FINGERPRINT_CHUNK_BYTES) {
    rest.push(packed.slice(at, at + FINGERPRINT_CHUNK_BYTES));
  }
  return [packed.slice(0, FINGERPRINT_CHUNK_BYTES), ...rest];
}

function orFault<T>({ title }: Submission, value: T | Rejection): T {
  if (isRejection(value)) throw new CliFault("demo_text", `"${title}": ${rejectionText(value)}`);
  return value as T;
}
