import { promisify } from "node:util";
import { deflate, inflate } from "node:zlib";
import { compareBytes, equalBytes, toHex, type Bytes } from "#proto/bytes.js";
import { message, type Messages } from "#proto/codec/message.js";
import { sha256 } from "#proto/crypto/hash.js";
import { BLOCK_BYTES_CEILING } from "#proto/limits.js";
import { isRejection } from "#proto/rejection.js";
import { leafHash } from "#proto/light/state-spec.js";
import { hashBytes } from "#proto/types/block-id.js";
import { SnapshotFault } from "./fault.js";
import type { StateLeaf } from "./state-after.js";
import { disorder, foldRoots, placeOf, rootOfLeaves, spanEnd, type Subtree } from "./subtrees.js";

export type Manifest = Messages["tributary.chain.v1.SnapshotManifest"];
export type Decided = Messages["tributary.chain.v1.SnapshotDecided"];

/** Changes when a reader of the old form could not read the new one. */
export const SNAPSHOT_FORMAT = 1;

/** A restorer holds one chunk at a time, twice: as it came and as entries. Cut in halves, chunks have 1.4 MB on average. */
export const CHUNK_BYTES = 2 * 1024 * 1024;
/** Unpacked size that is still read: room for one value that is larger than a chunk. */
export const CHUNK_BYTES_CEILING = 16 * 1024 * 1024;
/** Their subtree is hashed at once: some milliseconds. */
export const CHUNK_ENTRIES_MAX = 16_384;
/** 140 GB of state. */
export const CHUNKS_MAX = 100_000;
export const MANIFEST_BYTES_MAX = CHUNKS_MAX * 96;
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
  if (isRejection(manifest)) throw new SnapshotFault("snapshot.damaged", `${name} is not a snapshot manifest`);
  const wrong = wrongField(manifest);
  if (wrong !== undefined) throw new SnapshotFault("snapshot.damaged", `${name}: ${wrong}`);
  return manifest;
}

function wrongField(manifest: Manifest): string | undefined {
  const { format, height, chunks, decided, headerHash, stateRoot, genesisHash } = manifest;
  if (format !== SNAPSHOT_FORMAT) return `format ${format}; this program reads format ${SNAPSHOT_FORMAT}`;
  if (height === 0n) return "height 0";
  if (chunks.length > CHUNKS_MAX) return `${chunks.length} chunks, more than ${CHUNKS_MAX}`;
  const many = chunks.find(({ entries }) => entries === 0 || entries > CHUNK_ENTRIES_MAX);
  if (many !== undefined) return `a chunk of ${many.entries} entries; one has 1 to ${CHUNK_ENTRIES_MAX}`;
  const names = [decided, hashBytes(headerHash), genesisHash, ...chunks.flatMap(({ root, file }) => [root, file])];
  if (![stateRoot, ...names].every(({ length }) => length === 32)) return "a hash is not 32 bytes";
  if (names.some((hash) => hash.every((byte) => byte === 0))) return "a hash of zeros, which nothing has";
  return disorder(chunks);
}

/** Before any chunk is asked for. @throws SnapshotFault when the subtrees are not those of the state root */
export function refuseOtherRoot({ stateRoot, chunks }: Manifest): void {
  const root = foldRoots(chunks);
  if (equalBytes(root, stateRoot)) return;
  throw new SnapshotFault(
    "snapshot.wrong_root",
    `the snapshot's chunks would have the state root ${toHex(root)}, its header says ${toHex(stateRoot)}: take another snapshot`,
  );
}

/** Keys of the state, as the manifest says; each chunk is held to its part. */
export const entriesOf = ({ chunks }: Manifest): number => chunks.reduce((sum, { entries }) => sum + entries, 0);

export const packDecided = async (decided: Decided): Promise<Packed> => packed(decidedCodec.encode(decided));
export const packChunk = async (leaves: readonly StateLeaf[]): Promise<Packed> =>
  packed(chunkCodec.encode({ entries: leaves.map(({ key, value }) => ({ key, value })) }));

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

/** The leaves of a chunk, once they are all that its subtree has. @throws SnapshotFault naming the chunk and what is wrong */
export async function readChunk(bytes: Bytes, subtree: Subtree): Promise<readonly StateLeaf[]> {
  const { file, entries, depth, root } = subtree;
  const chunk = chunkCodec.decode(await unpacked(bytes, file, CHUNK_BYTES_CEILING), CHUNK_BYTES_CEILING);
  if (isRejection(chunk)) {
    throw new SnapshotFault("snapshot.damaged", `chunk ${toHex(file)} does not hold state entries`);
  }
  const wrong = (what: string): SnapshotFault =>
    new SnapshotFault("snapshot.wrong_root", `chunk ${toHex(file)} ${what}: take another snapshot`);
  if (chunk.entries.length !== entries) throw wrong(`has ${chunk.entries.length} keys instead of ${entries}`);
  const leaves = chunk.entries.map(({ key, value }): StateLeaf => {
    const keyHash = sha256(key);
    return { keyHash, leaf: leafHash(keyHash, value), key, value };
  });
  const stray = leaves.find((leaf, i) => misplaced(leaf, leaves[i - 1], subtree));
  if (stray !== undefined) throw wrong(`has key ${toHex(stray.key)}, which is out of place or without a value`);
  const have = rootOfLeaves(leaves, depth);
  if (!equalBytes(have, root)) throw wrong(`has the root ${toHex(have)}, its place in the state has ${toHex(root)}`);
  return leaves;
}

function misplaced({ keyHash, value }: StateLeaf, before: StateLeaf | undefined, subtree: Subtree): boolean {
  const place = placeOf(keyHash);
  const ordered = before === undefined || compareBytes(before.keyHash, keyHash) < 0;
  return place < subtree.from || place >= spanEnd(subtree) || !ordered || value.length === 0;
}

/** Hashed before it is unpacked: bytes without a known hash are not read. */
async function unpacked(bytes: Bytes, hash: Bytes, bytesMax: number): Promise<Bytes> {
  if (!equalBytes(sha256(bytes), hash)) {
    throw new SnapshotFault("snapshot.damaged", `file ${toHex(hash)} does not have this SHA-256; fetch it again`);
  }
  try {
    return new Uint8Array(await unpack(bytes, bytesMax));
  } catch (cause) {
    throw new SnapshotFault("snapshot.damaged", `file ${toHex(hash)} exceeds its bound when unpacked`, cause);
  }
}
