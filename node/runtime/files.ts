import { mkdir, open, readdir, readFile, rename, stat, truncate, unlink, type FileHandle } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { AppendFile, Files } from "../storage/files/files.js";

/** The files of the system. */
export const systemFiles: Files = {
  async read(path) {
    const bytes = await missing(readFile(path));
    return bytes === undefined ? undefined : new Uint8Array(bytes);
  },
  async size(path) {
    return (await missing(stat(path)))?.size;
  },
  async list(directory) {
    const entries = (await missing(readdir(directory, { withFileTypes: true }))) ?? [];
    return entries
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
  },
  makeDirectory: makeDurableDirectory,
  create: async (path) => new SystemFile(await open(path, "ax", 0o600)),
  async truncate(path, length) {
    await truncate(path, length);
    await withHandle(path, "r+", (handle) => handle.sync());
  },
  rename,
  remove: unlink,
  syncDirectory: (directory) => withHandle(directory, "r", (handle) => handle.sync()),
};

/** A new directory lasts once the one above it is synced, and so on up to one that was there. */
export async function makeDurableDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true });
  if (first === undefined) return;
  const highest = dirname(first);
  for (let at = resolve(directory); at !== highest; at = dirname(at)) {
    await withHandle(dirname(at), "r", (handle) => handle.sync());
  }
}

class SystemFile implements AppendFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  append(bytes: Uint8Array): Promise<void> {
    return this.#handle.appendFile(bytes);
  }

  sync(): Promise<void> {
    return this.#handle.datasync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function withHandle(path: string, flags: string, act: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(path, flags);
  try {
    await act(handle);
  } finally {
    await handle.close();
  }
}

/** Undefined where the file or directory does not exist; other errors stay errors. */
async function missing<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}
