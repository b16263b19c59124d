import type { Bytes } from "#proto/bytes.js";

/** A file that only grows. */
export interface AppendFile {
  append(bytes: Bytes): Promise<void>;
  /** Appended bytes survive a loss of power once this resolves. A failure is final: the file's state is unknown. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The files of one machine. A new, renamed or removed file lasts only once its directory is synced too.
 * Implementations: node/runtime/files.ts over the system, memory-files.ts for the simulation.
 */
export interface Files {
  /** Undefined when there is no such file. */
  read(path: string): Promise<Bytes | undefined>;
  /** Bytes of a file; undefined when there is no such file. */
  size(path: string): Promise<number | undefined>;
  /** Names of the files in a directory, sorted; none when there is no such directory. */
  list(directory: string): Promise<string[]>;
  /** Makes a directory and those above it, for good. */
  makeDirectory(directory: string): Promise<void>;
  /** Makes a new file; refuses one that exists. */
  create(path: string): Promise<AppendFile>;
  /** Cuts a file to its first `length` bytes, for good. */
  truncate(path: string, length: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  syncDirectory(directory: string): Promise<void>;
}
