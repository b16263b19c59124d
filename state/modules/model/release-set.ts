import { present } from "#proto/assert.js";
import {
  bitOf,
  decodeBranch,
  EMPTY_SET,
  isLeaf,
  keyOf,
  leafOf,
  prefixOf,
  RELEASE_KEY_BYTES,
  releaseKey,
  atOrAbove as leastAbove,
  type Branch,
  type ReleaseKey,
  type SetRef,
} from "#proto/attribution/eligible-set.js";
import { concat, equalBytes, toHex, u32be, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import type { ReadView, WriteView } from "../../store/view.js";
import { nodes } from "./keys.js";

/**
 * Sets of releases that versions share (proto/attribution/eligible-set.ts): one content has one root, a child's set shares
 * all nodes that it did not change, and a release that is reached by two paths is there once. Membership costs one read a
 * level, at most 96 and about log2 of the size.
 */
export {
  EMPTY_SET,
  readReleaseKey,
  releaseKey,
  type ReleaseKey,
  type SetRef,
} from "#proto/attribution/eligible-set.js";

/** The first bit in which two keys differ; `limit` when they agree so far. */
function firstDifference(a: Bytes, b: Bytes, limit: number): number {
  for (let bit = 0; bit < limit; bit++) if (bitOf(a, bit) !== bitOf(b, bit)) return bit;
  return limit;
}

function readBranch(view: ReadView, ref: SetRef): Branch {
  return decodeBranch(nodeAt(view, ref.subarray(1)));
}

function nodeAt(view: ReadView, hash: Bytes): Bytes {
  return present(nodes.get(view, [hash]), "a set's node is stored with the set");
}

/** Number of releases in a set. */
export function setCount(view: ReadView, ref: SetRef): number {
  if (ref.length === 0) return 0;
  return isLeaf(ref) ? 1 : readBranch(view, ref).count;
}

/** The least release of the set that is not below the wanted one. */
export function atOrAbove(view: ReadView, root: SetRef, wanted: ReleaseKey): ReleaseKey | undefined {
  return leastAbove((hash) => nodeAt(view, hash), root, wanted);
}

/** Datanets that the set's releases come from, ascending, up to `max` of them; each costs one lookup. */
export function setDatanets(view: ReadView, root: SetRef, max: number): bigint[] {
  const found: bigint[] = [];
  for (let wanted = 0n; found.length < max;) {
    const next = atOrAbove(view, root, { datanetId: wanted, number: 0 });
    if (next === undefined) break;
    found.push(next.datanetId);
    wanted = next.datanetId + 1n;
  }
  return found;
}

/**
 * The union of sets and single releases, stored. Equal parts are shared without being read: the cost grows with what
 * differs, not with what is inherited.
 */
export function storeUnion(view: WriteView, sets: readonly SetRef[], releases: readonly ReleaseKey[]): SetRef {
  const fresh = new Map<string, Bytes>(); // By hash; only what the result reaches is written.
  const read = (ref: SetRef): Branch => {
    const own = fresh.get(toHex(ref));
    return own === undefined ? readBranch(view, ref) : decodeBranch(own);
  };
  const count = (ref: SetRef): number => (isLeaf(ref) ? 1 : read(ref).count);
  const branch = (bit: number, prefix: Bytes, left: SetRef, right: SetRef): SetRef => {
    const bytes = concat(Uint8Array.of(bit), u32be(count(left) + count(right)), prefix, left, right);
    const ref = concat(Uint8Array.of(1), sha256(bytes));
    fresh.set(toHex(ref), bytes);
    return ref;
  };
  const join = (bit: number, sample: Bytes, a: SetRef, b: SetRef): SetRef =>
    bitOf(sample, bit) === 0 ? branch(bit, prefixOf(sample, bit), a, b) : branch(bit, prefixOf(sample, bit), b, a);

  /** Recursion goes at most 96 deep, once a bit of the key. */
  const union = (a: SetRef, b: SetRef): SetRef => {
    if (equalBytes(a, b)) return a;
    const [sampleA, bitA] = isLeaf(a) ? [keyOf(a), 8 * RELEASE_KEY_BYTES] : [read(a).prefix, read(a).bit];
    const [sampleB, bitB] = isLeaf(b) ? [keyOf(b), 8 * RELEASE_KEY_BYTES] : [read(b).prefix, read(b).bit];
    const bit = firstDifference(sampleA, sampleB, bitA < bitB ? bitA : bitB);
    if (bit < bitA && bit < bitB) return join(bit, sampleA, a, b);
    if (bitA > bitB) return union(b, a);
    const upper = read(a);
    if (bitA === bitB) {
      const lower = read(b);
      return branch(bitA, upper.prefix, union(upper.left, lower.left), union(upper.right, lower.right));
    }
    return bitOf(sampleB, bitA) === 0
      ? branch(bitA, upper.prefix, union(upper.left, b), upper.right)
      : branch(bitA, upper.prefix, upper.left, union(upper.right, b));
  };

  let root = EMPTY_SET;
  for (const part of [...sets, ...releases.map((release) => leafOf(releaseKey(release)))]) {
    if (part.length > 0) root = root.length === 0 ? part : union(root, part);
  }
  const pending = [root];
  for (let ref = pending.pop(); ref !== undefined; ref = pending.pop()) {
    const bytes = fresh.get(toHex(ref));
    if (bytes === undefined) continue; // A leaf, or a branch that was stored before.
    fresh.delete(toHex(ref));
    nodes.put(view, [ref.subarray(1)], bytes);
    const { left, right } = decodeBranch(bytes);
    pending.push(right, left);
  }
  return root;
}
