import { toHex } from "#proto/bytes.js";
import { SnapshotFault } from "./fault.js";
import { CHUNK_BYTES_CEILING, CHUNK_ENTRIES_MAX } from "./format.js";
import type { StateLeaf } from "./state-after.js";
import { depthAt, placeOf, SPACE_END, SPAN_BITS, spanEnd, type Span } from "./subtrees.js";

/** An entry's key and value in its message: tags and lengths. */
const FRAME_BYTES = 16;

/** The leaves of one chunk: all that lie in its span. */
export interface Cut extends Span {
  readonly leaves: readonly StateLeaf[];
}

interface Held {
  readonly leaf: StateLeaf;
  readonly place: bigint;
  readonly bytes: number;
}

/**
 * Cuts a state, in the order of key hashes, into the largest subtrees that fit a chunk; a leaf alone always fits. Where
 * the cuts fall depends on nothing but the leaves nearby. One chunk is held at a time.
 */
export async function* cutLeaves(
  leaves: AsyncIterable<StateLeaf>,
  bytesMax: number,
): AsyncGenerator<Cut, void, undefined> {
  let held: Held[] = [];
  let bytes = 0;
  let from = 0n;
  const take = (complete: boolean): Cut => {
    const { span, count } = largest(held, from, bytesMax, complete);
    const taken = held.slice(0, count);
    held = held.slice(count);
    bytes -= bytesOf(taken);
    from = spanEnd(span);
    return { ...span, leaves: taken.map(({ leaf }) => leaf) };
  };
  for await (const leaf of leaves) {
    const one = { leaf, place: placeOf(leaf.keyHash), bytes: sizeOf(leaf) };
    held.push(one);
    bytes += one.bytes;
    while (!fits(held.length, bytes, bytesMax)) yield* present(take(false));
  }
  while (from < SPACE_END) yield* present(take(true));
}

/** Empty subtrees are no chunks. */
function* present(cut: Cut): Generator<Cut, void, undefined> {
  if (cut.leaves.length > 0) yield cut;
}

/** @param complete whether no leaf follows; if one may, a span that reaches past the last leaf is not known to fit */
function largest(
  held: readonly Held[],
  from: bigint,
  bytesMax: number,
  complete: boolean,
): { span: Span; count: number } {
  for (let depth = depthAt(from); depth <= SPAN_BITS; depth++) {
    const span = { from, depth };
    const end = spanEnd(span);
    const beyond = held.findIndex(({ place }) => place >= end);
    if (beyond < 0 && !complete) continue;
    const count = beyond < 0 ? held.length : beyond;
    if (fits(count, bytesOf(held.slice(0, count)), bytesMax)) return { span, count };
  }
  throw new SnapshotFault("snapshot.too_large", `too many keys have hashes that begin with ${from.toString(16)}`);
}

const fits = (count: number, bytes: number, bytesMax: number): boolean =>
  count <= 1 || (bytes <= bytesMax && count <= CHUNK_ENTRIES_MAX);

const bytesOf = (held: readonly Held[]): number => held.reduce((sum, { bytes }) => sum + bytes, 0);

function sizeOf({ key, value }: StateLeaf): number {
  const size = key.length + value.length + FRAME_BYTES;
  if (size <= CHUNK_BYTES_CEILING) return size;
  throw new SnapshotFault("snapshot.too_large", `the value of key ${toHex(key)} does not fit a chunk`);
}
