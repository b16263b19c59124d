import type { Bytes } from "#proto/bytes.js";
import { backend } from "#proto/crypto/backend.js";
import { kindOf, type Kind, type TopReader } from "./top.js";

/** Root of a bucket, and whether it has no, one or more leaves. */
export interface BucketRoot {
  readonly root: Bytes;
  readonly kind: Kind;
}

const ZEROS: Bytes = new Uint8Array(32);

/** A top as it was: the live one with some buckets as they were before. Stale once the live one changes. */
export function topBefore(live: TopReader, buckets: ReadonlyMap<number, BucketRoot>): TopReader {
  const nodes = new Map<number, BucketRoot>();
  const at = (node: number): BucketRoot => nodes.get(node) ?? { root: live.hash(node), kind: live.kind(node) };
  let dirty = new Set<number>();
  for (const [id, root] of buckets) {
    nodes.set(2 ** live.depth + id, root);
    dirty.add((2 ** live.depth + id) >>> 1);
  }
  while (dirty.size > 0 && !dirty.has(0)) {
    const parents = [...dirty];
    const blocks = new Uint8Array(parents.length * 64);
    parents.forEach((node, i) => {
      blocks.set(at(2 * node).root, i * 64);
      blocks.set(at(2 * node + 1).root, i * 64 + 32);
    });
    const hashes = new Uint8Array(parents.length * 32);
    backend().sha256Pairs(blocks, hashes);
    dirty = new Set();
    parents.forEach((node, i) => {
      const left = at(2 * node);
      const right = at(2 * node + 1);
      const kind = kindOf(left.kind + right.kind);
      const root =
        kind === 2
          ? hashes.subarray(i * 32, i * 32 + 32)
          : left.kind === 1
            ? left.root
            : right.kind === 1
              ? right.root
              : ZEROS;
      nodes.set(node, { root, kind });
      dirty.add(node >>> 1);
    });
  }
  return { depth: live.depth, hash: (node) => at(node).root, kind: (node) => at(node).kind };
}
