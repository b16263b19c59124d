import { utf8, type Bytes } from "#proto/bytes.js";
import { openFileSigner, type FileSigner } from "#node/signer/file-signer.js";
import type { SignerFiles } from "#node/signer/files.js";
import { decodeRecord, type LastSigned } from "#node/signer/record.js";
import type { Files } from "#node/storage/files/files.js";
import type { MemoryFiles } from "#node/storage/files/memory-files.js";

const DIRECTORY = "/signer";
const RECORD = `${DIRECTORY}/state.json`;

/** A key and its record on one simulated disk, life after life. */
export class KeyFiles {
  readonly files: MemoryFiles;
  readonly #seed: Bytes;
  readonly #chainId: string;
  /** There is a record: its loss would be one of the disk. */
  #isMade = false;

  constructor(files: MemoryFiles, seed: Bytes, chainId: string) {
    this.files = files;
    this.#seed = seed;
    this.#chainId = chainId;
  }

  /** What the key signed last, as the disk says now. */
  get lastSigned(): LastSigned {
    return decodeRecord(this.#isMade ? this.files.content(RECORD).current : NOTHING_SIGNED, RECORD);
  }

  /** @param mounted for this life */
  async open(mounted: Files): Promise<FileSigner> {
    const files = signerFiles(mounted);
    if (!this.#isMade) {
      await mounted.makeDirectory(DIRECTORY);
      await files.writeSynced(RECORD, NOTHING_SIGNED);
      await files.syncDirectoryOf(RECORD);
      this.#isMade = true;
    }
    return openFileSigner({ seed: this.#seed, chainId: this.#chainId, statePath: RECORD, files });
  }
}

const NOTHING_SIGNED = utf8(JSON.stringify({ height: "0", round: 0, step: 0 }));

const signerFiles = (files: Files): SignerFiles => ({
  read: (path) => files.read(path),
  async writeSynced(path, bytes) {
    if ((await files.read(path)) !== undefined) await files.remove(path);
    const file = await files.create(path);
    await file.append(bytes);
    await file.sync();
    await file.close();
  },
  rename: (from, to) => files.rename(from, to),
  syncDirectoryOf: () => files.syncDirectory(DIRECTORY),
});
