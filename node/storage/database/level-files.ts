import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Bytes } from "#proto/bytes.js";
import { readVarint } from "./level-tables.js";

/**
 * Names the first file that a LevelDB database needs and does not have. The database itself makes an empty one where
 * CURRENT is missing, and goes on without the last writes where their log is.
 *
 *   CURRENT       the name of the manifest
 *   MANIFEST-n    records of edits, in the log format: blocks of 32 kB of `crc u32 | length u16 | kind u8 | bytes`
 *   edit          tag varint and its fields: which tables are added and deleted, which log holds the latest writes
 *
 * https://github.com/google/leveldb/blob/1.20/doc/impl.md, log_format.md, db/version_edit.cc
 * @returns undefined where nothing is missing, or where there is no database yet
 */
export function missingFile(directory: string): string | undefined {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const current = join(directory, "CURRENT");
  if (!names.includes("CURRENT")) return names.some(isContent) ? current : undefined;
  const manifest = readFileSync(current, "latin1").trimEnd();
  if (!names.includes(manifest)) return join(directory, manifest === "" ? "CURRENT" : manifest);
  const wanted = needed(readFileSync(join(directory, manifest)));
  const files = wanted.find((number) => !extensionsOf(number).some((name) => names.includes(name)));
  return files === undefined ? undefined : join(directory, extensionsOf(files)[0]!);
}

/** Files with data or references to it; LOCK and LOG exist before a database does. */
const isContent = (name: string): boolean => /^(MANIFEST-[0-9]+|[0-9]+\.(ldb|sst|log))$/.test(name);

const BLOCK_BYTES = 32 * 1024;
const HEADER_BYTES = 7;
/** Of a record that lies in one block, or whose last part this is. */
const ENDS: readonly number[] = [1, 4];

interface File {
  readonly number: number;
  readonly kind: "table" | "log";
}

function extensionsOf({ number, kind }: File): string[] {
  const name = number.toString().padStart(6, "0");
  return kind === "log" ? [`${name}.log`] : [`${name}.ldb`, `${name}.sst`];
}

/** The tables that the edits leave, and the log. A manifest that cannot be read names none: opening it says why. */
function needed(manifest: Bytes): File[] {
  const tables = new Set<number>();
  let log = 0;
  for (const edit of records(manifest)) {
    const read = new Reader(edit);
    while (read.more) {
      const tag = read.varint();
      if (tag === undefined || FIELDS[tag] === undefined) break;
      const number = FIELDS[tag](read, tables);
      if (tag === LOG_NUMBER && number !== undefined) log = number;
    }
  }
  const files = [...tables].sort((a, b) => a - b).map((number): File => ({ number, kind: "table" }));
  return log === 0 ? files : [...files, { number: log, kind: "log" }];
}

const LOG_NUMBER = 2;

/** How the fields of each tag are read. */
const FIELDS: Readonly<Record<number, (read: Reader, tables: Set<number>) => number | undefined>> = {
  1: (read) => read.skip(), // Name of the comparator.
  [LOG_NUMBER]: (read) => read.varint(),
  3: (read) => read.varint(), // Next file number.
  4: (read) => read.varint(), // Last sequence.
  5(read) {
    read.varint(); // Level, and where its compaction goes on.
    return read.skip();
  },
  6(read, tables) {
    read.varint(); // Level.
    const number = read.varint();
    if (number !== undefined) tables.delete(number);
    return number;
  },
  7(read, tables) {
    read.varint(); // Level.
    const number = read.varint();
    read.varint(); // Size, smallest and largest key.
    read.skip();
    read.skip();
    if (number !== undefined) tables.add(number);
    return number;
  },
  9: (read) => read.varint(), // The log before: of databases older than any of ours.
};

class Reader {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  get more(): boolean {
    return this.#at < this.#bytes.length;
  }

  varint(): number | undefined {
    const [value, next] = readVarint(this.#bytes, this.#at);
    this.#at = value === undefined ? this.#bytes.length : next;
    return value;
  }

  /** A text with its length before it. */
  skip(): undefined {
    const length = this.varint() ?? 0;
    this.#at += length;
  }
}

/** The whole records of a file in the log format. What is cut off at its end was never whole. */
function* records(file: Bytes): Generator<Bytes> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let parts: Bytes[] = [];
  for (let at = 0; at + HEADER_BYTES <= file.length;) {
    const left = BLOCK_BYTES - (at % BLOCK_BYTES);
    if (left < HEADER_BYTES) {
      at += left;
      continue;
    }
    const kind = file[at + 6]!;
    const end = at + HEADER_BYTES + view.getUint16(at + 4, true);
    if (kind === 0 || end > file.length) return;
    parts.push(file.subarray(at + HEADER_BYTES, end));
    at = end;
    if (!ENDS.includes(kind)) continue;
    yield parts.length === 1 ? parts[0]! : new Uint8Array(Buffer.concat(parts));
    parts = [];
  }
}
