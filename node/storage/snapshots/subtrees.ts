import { concat, readU64be, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { Messages } from "#proto/codec/message.js";
import { EMPTY_CHILD } from "#proto/light/state-spec.js";
import { ENTRY_BYTES } from "#state/tree/entries.js";
import type { BucketRoot } from "#state/tree/overlay.js";
import { subtreeRoots, wholeOf } from "#state/tree/subtree.js";
import { kindOf } from "#state/tree/top.js";

export type Subtree = Messages["tributary.chain.v1.SnapshotSubtree"];

/** A part of the hash space: every hash whose first `depth` bits are those of `from`, whose other bits are zero. */
export type Span = Pick<Subtree, "from" | "depth">;

/** Finding two keys that share more bits than this is infeasible. */
export const SPAN_BITS = 64;
export const SPACE_END = 1n << BigInt(SPAN_BITS);

export const spanEnd = ({ from, depth }: Span): bigint => from + (1n << BigInt(SPAN_BITS - depth));

/** Where a hash lies, as `Span.from` counts. */
export const placeOf = (keyHash: Bytes): bigint => readU64be(keyHash);

/** Depth of the largest span that begins there. */
export function depthAt(from: bigint): number {
  let depth = SPAN_BITS;
  while (depth > 0 && (from & (1n << BigInt(SPAN_BITS - depth))) === 0n) depth--;
  return depth;
}

/** Root of a subtree by its leaves, sorted by key hash. */
export function rootOfLeaves(
  leaves: readonly { readonly keyHash: Bytes; readonly leaf: Bytes }[],
  depth: number,
): Bytes {
  const entries = new Uint8Array(leaves.length * ENTRY_BYTES);
  leaves.forEach(({ keyHash, leaf }, i) => {
    entries.set(keyHash, i * ENTRY_BYTES);
    entries.set(leaf, i * ENTRY_BYTES + keyHash.length);
  });
  return subtreeRoots([wholeOf(entries, depth)]);
}

/** The problem with the order or the shape of spans; undefined if each lies behind the previous one. */
export function disorder(spans: readonly Span[]): string | undefined {
  let free = 0n;
  for (const span of spans) {
    if (span.depth > SPAN_BITS) return `a subtree of depth ${span.depth}, more than ${SPAN_BITS}`;
    if (depthAt(span.from) > span.depth) return `no subtree of depth ${span.depth} begins at ${span.from}`;
    if (span.from < free) return `the subtree at ${span.from} is out of order`;
    free = spanEnd(span);
  }
  return undefined;
}

/** The state root over subtrees in order, between which there is nothing. */
export function foldRoots(subtrees: readonly Subtree[]): Bytes {
  return fold(subtrees, 0, subtrees.length, 0).root;
}

function fold(subtrees: readonly Subtree[], from: number, to: number, depth: number): BucketRoot {
  if (from === to) return { root: EMPTY_CHILD, kind: 0 };
  const first = subtrees[from]!;
  if (first.depth === depth) return { root: first.root, kind: kindOf(first.entries) };
  const bit = 1n << BigInt(SPAN_BITS - 1 - depth);
  let middle = from;
  while (middle < to && (subtrees[middle]!.from & bit) === 0n) middle++;
  const left = fold(subtrees, from, middle, depth + 1);
  const right = fold(subtrees, middle, to, depth + 1);
  const kind = kindOf(left.kind + right.kind);
  if (kind === 2) return { root: sha256(concat(left.root, right.root)), kind };
  return right.kind === 1 ? right : left; // A lone leaf stands for all of it.
}
