import { crc32 } from "node:zlib";
import { readU32be, readU64be, u32be, u64be, utf8, type Bytes } from "#proto/bytes.js";

/**
 * A log file is a header and records. Each record says how much of the file was synced when it was written: a damaged
 * place below that mark cannot be the torn end of a crash.
 *
 *   header   "TRIBWAL1" | height u64 | index u32 | crc u32
 *   record   crc u32 | length u32 | synced u64 | payload
 *
 * A record's checksum also covers the header's and the record's own place, so that a stale or moved one is no record.
 */
const MAGIC = utf8("TRIBWAL1");
export const HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
/** No consensus input is larger; a length above it is damage, found before anything is read. */
export const PAYLOAD_BYTES_MAX = 1024 * 1024;

export function header(height: bigint, index: number): Bytes {
  const out = new Uint8Array(HEADER_BYTES);
  out.set(MAGIC);
  out.set(u64be(height), 8);
  out.set(u32be(index), 16);
  out.set(u32be(crc32(out.subarray(0, 20))), 20);
  return out;
}

export function recordBytes(head: Bytes, offset: number, synced: number, payload: Bytes): Bytes {
  const out = new Uint8Array(RECORD_HEADER_BYTES + payload.length);
  out.set(u32be(payload.length), 4);
  out.set(u64be(BigInt(synced)), 8);
  out.set(payload, RECORD_HEADER_BYTES);
  out.set(u32be(checksum(head, offset, out.subarray(4))), 0);
  return out;
}

export interface WalRecord {
  readonly payload: Bytes;
  readonly synced: number;
  readonly end: number;
}

/** The record at `offset`; undefined if there is no valid one. */
export function recordAt(head: Bytes, bytes: Bytes, offset: number): WalRecord | undefined {
  if (bytes.length - offset < RECORD_HEADER_BYTES) return undefined;
  const length = readU32be(bytes, offset + 4);
  const end = offset + RECORD_HEADER_BYTES + length;
  if (length === 0 || length > PAYLOAD_BYTES_MAX || end > bytes.length) return undefined;
  if (checksum(head, offset, bytes.subarray(offset + 4, end)) !== readU32be(bytes, offset)) return undefined;
  return { payload: bytes.slice(offset + RECORD_HEADER_BYTES, end), synced: Number(readU64be(bytes, offset + 8)), end };
}

function checksum(head: Bytes, offset: number, rest: Bytes): number {
  return crc32(rest, crc32(u64be(BigInt(offset)), crc32(head)));
}

export interface WalContent {
  readonly payloads: readonly Bytes[];
  /** Length of what holds. Below the file's length when its end is torn. */
  readonly sound: number;
  /** Where damage lies that no crash explains. */
  readonly damagedAt: number | undefined;
}

/** Reads a file that should begin with this header. */
export function readLog(head: Bytes, bytes: Bytes): WalContent {
  const begins = head.every((byte, i) => bytes[i] === byte);
  const payloads: Bytes[] = [];
  let at = begins ? HEADER_BYTES : 0;
  if (begins) {
    for (let record = recordAt(head, bytes, at); record !== undefined; record = recordAt(head, bytes, at)) {
      payloads.push(record.payload);
      at = record.end;
    }
  }
  return { payloads, sound: at, damagedAt: provesSync(head, bytes, at) ? at : undefined };
}

/** Whether a record behind the damaged place says that the place had been synced. */
function provesSync(head: Bytes, bytes: Bytes, damagedAt: number): boolean {
  for (let at = Math.max(damagedAt + 1, HEADER_BYTES); at < bytes.length; at++) {
    const record = recordAt(head, bytes, at);
    if (record !== undefined && record.synced > damagedAt) return true;
  }
  return false;
}
