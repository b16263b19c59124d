import type { Bytes } from "#proto/bytes.js";

/** A file to be read, and what the person said about it. */
export interface Source {
  readonly path: string;
  readonly bytes: Bytes;
  /** Fields whose strings are the text, in this order; none: all of them. */
  readonly fields: readonly string[];
  /** Whether each line of a text is a record, instead of the whole. */
  readonly lines: boolean;
}

/** The records of a file, and where their text came from. */
export interface FileRecords {
  /** UTF-8, each at most TEXT_BYTES_MAX. */
  readonly records: readonly Bytes[];
  /** Names of the fields in which text was found, in the order in which a record holds them; empty where a format has none. */
  readonly fields: readonly string[];
  /** Records of the file in which no text was found: they are left out. */
  readonly empty: number;
}

/** @throws CliFault(usage) that names file and line: not of the format, too long, too deep, too many records */
export type Reader = (source: Source) => FileRecords;
