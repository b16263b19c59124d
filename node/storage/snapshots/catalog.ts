import { join } from "node:path";
import { fromHex, toHex, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { replaceFile } from "../files/atomic-file.js";
import type { Files } from "../files/files.js";
import { SnapshotFault } from "./fault.js";
import {
  decodeManifest,
  encodeManifest,
  FILE_BYTES_MAX,
  MANIFEST_BYTES_MAX,
  type Manifest,
  type Packed,
} from "./format.js";

export interface Listed {
  readonly manifest: Manifest;
  /** SHA-256 of the encoded manifest: the name of the whole. */
  readonly hash: Bytes;
}

const MANIFEST = /^([0-9]{1,20})\.manifest$/;
/** Remains of a snapshot that a crash interrupted. */
const MANIFEST_BEGUN = /^[0-9]{1,20}\.manifest\.tmp$/;
/** A file of a snapshot, or what a crash left of one on its way. */
const CHUNK = /^[0-9a-f]{64}(?:\.tmp)?$/;

/**
 * The snapshots of one home: `<height>.manifest` files, and below `chunks/` the files that they name by hash. Snapshots
 * share files. A manifest is written last and removed first, so whatever it names is there.
 */
export class Catalog {
  readonly #files: Files;
  readonly #directory: string;
  readonly #chunks: string;

  constructor(files: Files, directory: string) {
    this.#files = files;
    this.#directory = directory;
    this.#chunks = join(directory, "chunks");
  }

  /** By height, the latest first. @throws SnapshotFault for a damaged manifest */
  async list(): Promise<Listed[]> {
    const heights = (await this.#files.list(this.#directory)).flatMap((name) => MANIFEST.exec(name)?.[1] ?? []);
    const listed = await Promise.all(heights.map((height) => this.get(BigInt(height))));
    return listed.sort((a, b) => (a.manifest.height < b.manifest.height ? 1 : -1));
  }

  /** @throws SnapshotFault if there is no such snapshot */
  async get(height: bigint): Promise<Listed> {
    const path = this.#manifest(height);
    const bytes = await this.#read(path, MANIFEST_BYTES_MAX);
    if (bytes === undefined) {
      throw new SnapshotFault("snapshot.missing", `there is no snapshot of height ${height}; tribd snapshots list`);
    }
    const manifest = decodeManifest(bytes, path);
    if (manifest.height !== height) {
      throw new SnapshotFault("snapshot.damaged", `${path}: of height ${manifest.height}`);
    }
    return { manifest, hash: sha256(bytes) };
  }

  /** Makes the directories; before anything is written. */
  async open(): Promise<void> {
    await this.#files.makeDirectory(this.#chunks);
    await this.#files.syncDirectory(this.#directory);
  }

  /** Bytes of a file that a manifest names, within its bound: the reader compares them with the hash. @throws SnapshotFault */
  async file(hash: Bytes): Promise<Bytes> {
    const bytes = await this.#read(this.#chunk(hash), FILE_BYTES_MAX);
    if (bytes !== undefined) return bytes;
    throw new SnapshotFault("snapshot.missing", `file ${toHex(hash)} of the snapshot is missing; fetch it again`);
  }

  /** Keeps a file. One that is there already, whole or torn, is replaced: an older snapshot may share it, and never loses it. */
  put({ hash, bytes }: Packed): Promise<void> {
    return replaceFile(this.#files, this.#chunk(hash), bytes);
  }

  /** The snapshot is there from now on, through a loss of power too. */
  async keep(manifest: Manifest): Promise<Listed> {
    const bytes = encodeManifest(manifest);
    await replaceFile(this.#files, this.#manifest(manifest.height), bytes);
    return { manifest, hash: sha256(bytes) };
  }

  async delete(height: bigint): Promise<void> {
    await this.get(height);
    await this.#forget(height);
    await this.sweep();
  }

  /** Keeps the latest `recent` ones, 0 keeps all, and sweeps. Returns the heights that went. */
  async retain(recent: number): Promise<bigint[]> {
    const old = recent === 0 ? [] : (await this.list()).slice(recent).map(({ manifest }) => manifest.height);
    for (const height of old) await this.#forget(height);
    await this.sweep();
    return old;
  }

  /** Removes files that no manifest names: what a crash, a failure or a deletion left. Not while one is being made. */
  async sweep(): Promise<void> {
    const named = new Set((await this.list()).flatMap(({ manifest }) => fileHashes(manifest).map(toHex)));
    await this.#removeFrom(this.#directory, (name) => MANIFEST_BEGUN.test(name));
    await this.#removeFrom(this.#chunks, (name) => CHUNK.test(name) && !named.has(name));
  }

  async #removeFrom(directory: string, isLeft: (name: string) => boolean): Promise<void> {
    const left = (await this.#files.list(directory)).filter(isLeft);
    for (const name of left) await this.#files.remove(join(directory, name));
  }

  async #forget(height: bigint): Promise<void> {
    await this.#files.remove(this.#manifest(height));
    await this.#files.syncDirectory(this.#directory);
  }

  /** Nothing that is too large for what it should be is taken into memory. */
  async #read(path: string, bytesMax: number): Promise<Bytes | undefined> {
    const size = await this.#files.size(path);
    if (size === undefined || size <= bytesMax) return this.#files.read(path);
    throw new SnapshotFault("snapshot.damaged", `${path} has ${size} bytes, more than ${bytesMax}; fetch it again`);
  }

  #manifest(height: bigint): string {
    return join(this.#directory, `${height}.manifest`);
  }

  #chunk(hash: Bytes): string {
    return join(this.#chunks, toHex(hash));
  }
}

/** All files of a snapshot, each once: the decided height first, because it tells whether the rest is worth reading. */
export function fileHashes({ decided, chunks }: Manifest): Bytes[] {
  return [...new Set([decided, ...chunks.map(({ file }) => file)].map(toHex))].map((hex) => fromHex(hex)!);
}
