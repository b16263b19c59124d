import { concat, readU32be, readU64be, u32be, u64be, type Bytes } from "#proto/bytes.js";

/** How far a restore has come. It is written with what it speaks of, in one batch. */
export interface Progress {
  /** Of the snapshot's manifest: only the same snapshot may go on. */
  readonly manifest: Bytes;
  /** Chunks that the database has. */
  readonly chunks: number;
  /** Of the top of the tree. */
  readonly depth: number;
  /** Leaves of the tree so far. */
  readonly leaves: number;
}

/** manifest 32, chunks u32, depth u32, leaves u64. */
export const writeProgress = ({ manifest, chunks, depth, leaves }: Progress): Bytes =>
  concat(manifest, u32be(chunks), u32be(depth), u64be(BigInt(leaves)));

export const readProgress = (stored: Bytes): Progress => ({
  manifest: stored.slice(0, 32),
  chunks: readU32be(stored, 32),
  depth: readU32be(stored, 36),
  leaves: Number(readU64be(stored, 40)),
});
