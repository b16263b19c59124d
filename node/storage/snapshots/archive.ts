import { open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { concat, equalBytes, readU32be, toHex, u32be, utf8, type Bytes } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { fileHashes, type Catalog, type Listed } from "./catalog.js";
import { SnapshotFault } from "./fault.js";
import { decodeManifest, encodeManifest, FILE_BYTES_MAX, refuseOtherRoot } from "./format.js";

/** First bytes of a snapshot as one file; then the manifest and each file that it names, a u32 length before each. */
const MAGIC = utf8("tribsnp1");

/** Writes a snapshot as one new file, one chunk in memory at a time. @throws the system's error when the file exists */
export async function exportArchive(catalog: Catalog, { manifest }: Listed, path: string): Promise<void> {
  const file = await open(path, "wx", 0o644);
  try {
    const append = (bytes: Bytes) => file.appendFile(concat(u32be(bytes.length), bytes));
    await file.appendFile(MAGIC);
    await append(encodeManifest(manifest));
    for (const hash of fileHashes(manifest)) await append(await catalog.file(hash));
    await file.sync();
  } finally {
    await file.close();
  }
  const directory = await open(dirname(path), "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Takes an archive into the catalog; every file is compared with its hash first. @throws SnapshotFault */
export async function loadArchive(catalog: Catalog, path: string): Promise<Listed> {
  const file = await open(path, "r");
  try {
    const magic = await exactly(file, MAGIC.length, path);
    if (!equalBytes(magic, MAGIC)) throw new SnapshotFault("snapshot.damaged", `${path} is not a snapshot archive`);
    const manifest = decodeManifest(await next(file, path), path);
    refuseOtherRoot(manifest);
    await catalog.open();
    for (const hash of fileHashes(manifest)) {
      const bytes = await next(file, path);
      if (!equalBytes(sha256(bytes), hash)) {
        throw new SnapshotFault("snapshot.damaged", `${path}: file ${toHex(hash)} does not have this SHA-256`);
      }
      await catalog.put({ hash, bytes });
    }
    return await catalog.keep(manifest);
  } finally {
    await file.close();
  }
}

async function next(file: FileHandle, path: string): Promise<Bytes> {
  const length = readU32be(await exactly(file, 4, path));
  if (length > FILE_BYTES_MAX) {
    throw new SnapshotFault("snapshot.damaged", `${path}: a part has ${length} bytes, more than ${FILE_BYTES_MAX}`);
  }
  return exactly(file, length, path);
}

async function exactly(file: FileHandle, length: number, path: string): Promise<Bytes> {
  const out = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const { bytesRead } = await file.read(out, at, length - at);
    if (bytesRead === 0) throw new SnapshotFault("snapshot.damaged", `${path} is cut short`);
    at += bytesRead;
  }
  return out;
}
