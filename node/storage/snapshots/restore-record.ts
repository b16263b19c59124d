import { concat, readU32be, readU64be, u32be, u64be, type Bytes } from "#proto/bytes.js";

/** How far a restore has come. It is written with what it speaks of, in one batch. */
export interface Progress {
  /** Of the snapshot's manifest: only the same snapshot may go on. */
  readonly manifest: Bytes;
  /** Chunks that the database has. */
  readonly chunks: number;
  /** Leaves of the tree so far. */
  readonly leaves: number;
  /** The key restored last; empty before the first one. */
  readonly lastKey: Bytes;
}

/** manifest 32, chunks u32, leaves u64, last key. */
export const writeProgress = ({ manifest, chunks, leaves, lastKey }: Progress): Bytes =>
  concat(manifest, u32be(chunks), u64be(BigInt(leaves)), lastKey);

export const readProgress = (stored: Bytes): Progress => ({
  manifest: stored.slice(0, 32),
  chunks: readU32be(stored, 32),
  leaves: Number(readU64be(stored, 36)),
  lastKey: stored.slice(44),
});
