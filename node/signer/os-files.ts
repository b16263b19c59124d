import { open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { SignerFiles } from "./files.js";

const OWNER_ONLY = 0o600;

export const osSignerFiles: SignerFiles = {
  async read(path) {
    try {
      const bytes = await readFile(path);
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (error) {
      if ((error as { code?: string }).code === "ENOENT") return undefined;
      throw error;
    }
  },
  async writeSynced(path, bytes) {
    const file = await open(path, "w", OWNER_ONLY);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  rename,
  async syncDirectoryOf(path) {
    const directory = await open(dirname(path), "r");
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
};
