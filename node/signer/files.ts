import type { Bytes } from "#proto/bytes.js";

/** The few words that the last-signed record needs of a disk; a simulated one can lose what was not synced. */
export interface SignerFiles {
  /** undefined when there is no such file. */
  read(path: string): Promise<Bytes | undefined>;
  /** Creates or replaces the file; returns when its bytes are on the disk. */
  writeSynced(path: string, bytes: Bytes): Promise<void>;
  /** Replaces `to` as a whole, or not at all. */
  rename(from: string, to: string): Promise<void>;
  /** Returns when the names in the directory of this file are on the disk: before it a rename may be undone (W9). */
  syncDirectoryOf(path: string): Promise<void>;
}
