import { decodeWalEntry, encodeWalEntry } from "#consensus/wal-entry.js";
import type { Input } from "#consensus/types.js";
import { concat, type Bytes } from "#proto/bytes.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { StorageFault } from "../storage/fault.js";

/** Records of the write-ahead log of a height: inputs of consensus, and the blocks that they name. */
export type LogRecord =
  { readonly kind: "input"; readonly input: Input } | { readonly kind: "block"; readonly bytes: Bytes };

const INPUT = 1;
const BLOCK = 2;
const BLOCK_CONTINUES = 3;
/** A record of the log is at most 1 MiB; a block may be larger. */
const CHUNK_BYTES = 512 * 1024;

export const inputRecord = (input: Input): Bytes => concat(Uint8Array.of(INPUT), encodeWalEntry(input));

/** A block in records of its own, the last of which says that it is whole. */
export function blockRecords(bytes: Bytes): Bytes[] {
  const records: Bytes[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const kind = at + CHUNK_BYTES < bytes.length ? BLOCK_CONTINUES : BLOCK;
    records.push(concat(Uint8Array.of(kind), bytes.subarray(at, at + CHUNK_BYTES)));
  }
  return records;
}

const foreign = (what: string): StorageFault =>
  new StorageFault(
    "storage.corrupt_log",
    `the write-ahead log is whole and holds ${what}, which this version of tribd does not write: ` +
      "start the version that wrote it until the height is committed, then change versions",
  );

/** A block without its end was torn by the crash: nothing spoke of it yet. @throws StorageFault for what this program never writes: the log is another program's. */
export function readRecords(records: readonly Bytes[]): LogRecord[] {
  const out: LogRecord[] = [];
  let chunks: Bytes[] = [];
  for (const record of records) {
    const kind = record[0];
    const body = record.subarray(1);
    if (kind === INPUT) {
      const input = decodeWalEntry(body);
      if (isRejection(input)) throw foreign(`an input that cannot be read (${rejectionText(input)})`);
      out.push({ kind: "input", input });
    } else if (kind === BLOCK_CONTINUES) chunks.push(body);
    else if (kind === BLOCK) {
      out.push({ kind: "block", bytes: concat(...chunks, body) });
      chunks = [];
    } else throw foreign(`a record of kind ${kind}`);
  }
  return out;
}
