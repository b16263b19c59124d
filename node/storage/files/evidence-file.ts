import { crc32 } from "node:zlib";
import { concat, readU32be, u32be, utf8, type Bytes } from "#proto/bytes.js";
import { EVIDENCE_BYTES_MAX } from "#proto/limits.js";
import { replaceFile } from "./atomic-file.js";
import { StorageFault } from "../fault.js";
import type { Files } from "./files.js";

/**
 * Evidence that waits for a block, in a file of its own: it is written when consensus finds it, between two heights, while
 * the database is written once a height and by another thread. Replaced whole, since it is small and rarely changes.
 *
 *   "TRIBEVI1" | crc u32 over the rest | count times: length u32 | piece
 */
const MAGIC = utf8("TRIBEVI1");
const HEAD_BYTES = MAGIC.length + 4;

export interface EvidenceFile {
  load(): Promise<readonly Bytes[]>;
  /** @throws StorageFault; then the node must stop */
  save(pieces: readonly Bytes[]): Promise<void>;
}

export function evidenceFile(files: Files, path: string): EvidenceFile {
  return {
    /** @throws StorageFault naming the file when it is damaged: what is in it may be nowhere else */
    async load() {
      const bytes = await files.read(path);
      const pieces = bytes === undefined ? [] : piecesOf(bytes);
      if (pieces !== undefined) return pieces;
      throw new StorageFault(
        "storage.corrupt_record",
        `evidence file ${path} is damaged; if there is no copy, remove it: other nodes have most of its content`,
      );
    },
    async save(pieces) {
      const rest = concat(...pieces.flatMap((piece) => [u32be(piece.length), piece]));
      await replaceFile(files, path, concat(MAGIC, u32be(crc32(rest)), rest));
    },
  };
}

function piecesOf(bytes: Bytes): readonly Bytes[] | undefined {
  const rest = bytes.subarray(HEAD_BYTES);
  if (bytes.length < HEAD_BYTES || !MAGIC.every((byte, i) => bytes[i] === byte)) return undefined;
  if (crc32(rest) !== readU32be(bytes, MAGIC.length)) return undefined;
  const pieces: Bytes[] = [];
  for (let at = 0; at < rest.length;) {
    const length = at + 4 <= rest.length ? readU32be(rest, at) : EVIDENCE_BYTES_MAX + 1;
    const end = at + 4 + length;
    if (length > EVIDENCE_BYTES_MAX || end > rest.length) return undefined;
    pieces.push(rest.slice(at + 4, end));
    at = end;
  }
  return pieces;
}
