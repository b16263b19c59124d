import { promisify } from "node:util";
import { deflate, inflate } from "node:zlib";
import { equalBytes, toHex, type Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { sha256 } from "#proto/crypto/hash.js";
import { BLOCK_BYTES_CEILING } from "#proto/limits.js";
import { isRejection } from "#proto/rejection.js";
import { SnapshotFault } from "./fault.js";

export type Manifest = Messages["tributary.chain.v1.SnapshotManifest"];
export type Decided = Messages["tributary.chain.v1.SnapshotDecided"];
export type SnapshotEntry = Messages["tributary.chain.v1.SnapshotEntry"];

/** Changes when a reader of the old form could not read the new one. */
export const SNAPSHOT_FORMAT = 1;

/** A restorer holds one chunk at a time, twice: as it came and as entries. */
export const CHUNK_BYTES = 2 * 1024 * 1024;
/** Below this a chunk does not end: files of a few bytes cost more than they hold. */
export const CHUNK_BYTES_MIN = 256 * 1024;
/** Unpacked size that is still read: room for one value that is larger than a chunk. */
export const CHUNK_BYTES_CEILING = 16 * 1024 * 1024;
export const CHUNK_ENTRIES_MAX = 65_536;
/** 200 GB of state; and a manifest stays below 4 MB. */
export const CHUNKS_MAX = 100_000;
const MANIFEST_BYTES_MAX = 4 * 1024 * 1024;
/** Block, certificate and set of one height. */
const DECIDED_BYTES_MAX = BLOCK_BYTES_CEILING + 4 * 1024 * 1024;
/** Of a packed file: incompressible bytes grow a little. */
export const FILE_BYTES_MAX = Math.max(CHUNK_BYTES_CEILING, DECIDED_BYTES_MAX) + 64 * 1024;

const manifestCodec = message("tributary.chain.v1.SnapshotManifest");
const decidedCodec = message("tributary.chain.v1.SnapshotDecided");
const chunkCodec = message("tributary.chain.v1.SnapshotChunk");
const pack = promisify<Bytes, Buffer>((bytes, done) => deflate(bytes, done));
const unpack = promisify<Bytes, number, Buffer>((bytes, maxOutputLength, done) =>
  inflate(bytes, { maxOutputLength }, done),
);

/** A file of a snapshot; its name is the SHA-256 of its bytes. */
export interface Packed {
  readonly hash: Bytes;
  readonly bytes: Bytes;
}

export const encodeManifest = (manifest: Manifest): Bytes => manifestCodec.encode(manifest);

/** @throws SnapshotFault naming what is wrong */
export function decodeManifest(bytes: Bytes, name: string): Manifest {
  const manifest = manifestCodec.decode(bytes, MANIFEST_BYTES_MAX);
  if (isRejection(manifest)) throw new SnapshotFault("snapshot.damaged", `${name} is no snapshot manifest`);
  const wrong = wrongField(manifest);
  if (wrong !== undefined) throw new SnapshotFault("snapshot.damaged", `${name}: ${wrong}`);
  return manifest;
}

function wrongField(manifest: Manifest): string | undefined {
  const { format, height, entries, chunks, decided, headerHash, stateRoot, genesisHash } = manifest;
  if (format !== SNAPSHOT_FORMAT) return `format ${format}; this program reads format ${SNAPSHOT_FORMAT}`;
  if (height === 0n) return "height 0";
  if (chunks.length > CHUNKS_MAX) return `${chunks.length} chunks, more than ${CHUNKS_MAX}`;
  if (entries > BigInt(chunks.length) * BigInt(CHUNK_ENTRIES_MAX)) return `${entries} entries do not fit its chunks`;
  const hashes = [decided, headerHash, stateRoot, genesisHash, ...chunks];
  return hashes.every(({ length }) => length === 32) ? undefined : "a hash is not 32 bytes";
}

export const packDecided = async (decided: Decided): Promise<Packed> => packed(decidedCodec.encode(decided));
export const packChunk = async (entries: SnapshotEntry[]): Promise<Packed> => packed(chunkCodec.encode({ entries }));

/** Packs on a thread of its own: the chain goes on meanwhile. */
async function packed(content: Bytes): Promise<Packed> {
  const bytes = new Uint8Array(await pack(content));
  return { hash: sha256(bytes), bytes };
}

export async function readDecided(bytes: Bytes, hash: Bytes): Promise<Decided> {
  const decided = decidedCodec.decode(await unpacked(bytes, hash, DECIDED_BYTES_MAX), DECIDED_BYTES_MAX);
  if (!isRejection(decided)) return decided;
  throw new SnapshotFault("snapshot.damaged", `file ${toHex(hash)} does not hold a decided height`);
}

export async function readChunk(bytes: Bytes, hash: Bytes): Promise<readonly SnapshotEntry[]> {
  const chunk = chunkCodec.decode(await unpacked(bytes, hash, CHUNK_BYTES_CEILING), CHUNK_BYTES_CEILING);
  if (!isRejection(chunk) && chunk.entries.length <= CHUNK_ENTRIES_MAX) return chunk.entries;
  throw new SnapshotFault("snapshot.damaged", `chunk ${toHex(hash)} does not hold state entries`);
}

/** Hashed before it is unpacked: bytes that nobody named are not even looked at. */
async function unpacked(bytes: Bytes, hash: Bytes, bytesMax: number): Promise<Bytes> {
  if (!equalBytes(sha256(bytes), hash)) {
    throw new SnapshotFault("snapshot.damaged", `file ${toHex(hash)} does not have this SHA-256; fetch it again`);
  }
  try {
    return new Uint8Array(await unpack(bytes, bytesMax));
  } catch (cause) {
    throw new SnapshotFault("snapshot.damaged", `file ${toHex(hash)} cannot be unpacked within its bound`, cause);
  }
}
