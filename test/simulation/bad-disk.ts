import { SignerFault } from "#node/signer/fault.js";
import type { Db } from "#node/storage/database/db.js";
import { StorageFault } from "#node/storage/fault.js";
import type { AppendFile, Files } from "#node/storage/files/files.js";

/** What is wrong with a disk: no room left, no write or no read goes through. */
export const ailments = ["full", "unwritable", "unreadable"] as const;
export type Ailment = (typeof ailments)[number];

interface Illness {
  readonly ailment: Ailment;
  /** Whether this operation meets it: a failing disk may do some and refuse others. */
  strikes(): boolean;
}

/** The disk of one machine, between what runs on it and what it holds: refuses as the operating system does. */
export class BadDisk {
  /** Since this life began some operation was refused. */
  struck = false;
  #illness: Illness | undefined;

  get isIll(): boolean {
    return this.#illness !== undefined;
  }

  fallIll(ailment: Ailment, strikes: () => boolean): void {
    this.#illness = { ailment, strikes };
  }

  heal(): void {
    this.#illness = undefined;
  }

  files(files: Files): Files {
    const writes = async <T>(write: () => Promise<T>): Promise<T> => {
      this.#mayWrite();
      return write();
    };
    return {
      read: async (path) => (this.#mayRead(), files.read(path)),
      size: async (path) => (this.#mayRead(), files.size(path)),
      list: async (directory) => (this.#mayRead(), files.list(directory)),
      makeDirectory: (directory) => writes(() => files.makeDirectory(directory)),
      create: (path) => writes(async () => this.#appender(await files.create(path))),
      truncate: (path, length) => files.truncate(path, length), // It frees room, and the names below need none.
      rename: (from, to) => files.rename(from, to),
      remove: (path) => files.remove(path),
      syncDirectory: (directory) => writes(() => files.syncDirectory(directory)),
    };
  }

  #appender(file: AppendFile): AppendFile {
    return {
      append: async (bytes) => {
        const refused = this.#refusal("write");
        if (refused === undefined) return file.append(bytes);
        await file.append(bytes.subarray(0, bytes.length >> 1)); // As far as there was room.
        throw refused;
      },
      sync: async () => (this.#mayWrite(), file.sync()),
      close: () => file.close(),
    };
  }

  /** As node/storage/database/level.ts tells it. */
  db(db: Db): Db {
    const refuse = (way: "read" | "write"): void => {
      const cause = this.#refusal(way);
      if (cause !== undefined) throw new StorageFault(`storage.${way}`, `the database refused a ${way}`, cause);
    };
    return {
      get: (key) => (refuse("read"), db.get(key)),
      getMany: async (keys) => (refuse("read"), db.getMany(keys)),
      range: (range) => (refuse("read"), db.range(range)),
      write: async (writes, options) => (refuse("write"), db.write(writes, options)),
      iterate: (range) => (refuse("read"), db.iterate(range)),
      compact: (range) => db.compact(range),
      close: () => db.close(),
    };
  }

  #mayRead(): void {
    const refused = this.#refusal("read");
    if (refused !== undefined) throw refused;
  }

  #mayWrite(): void {
    const refused = this.#refusal("write");
    if (refused !== undefined) throw refused;
  }

  /** What the operating system says when it does not do it. */
  #refusal(way: "read" | "write"): Error | undefined {
    const illness = this.#illness;
    if (illness === undefined || (illness.ailment === "unreadable") !== (way === "read")) return undefined;
    if (!illness.strikes()) return undefined;
    this.struck = true;
    const code = illness.ailment === "full" ? "ENOSPC" : "EIO";
    const words = code === "ENOSPC" ? "no space left on device" : "i/o error";
    return Object.assign(new Error(`${code}: ${words}, ${way}`), { code, syscall: way });
  }
}

/** Whether it is said to be the disk: by a fault with a code, or by the operating system's own. */
export function blamesDisk(error: unknown): boolean {
  if (error instanceof StorageFault || error instanceof SignerFault) return true;
  return error instanceof Error && "code" in error && (error.code === "EIO" || error.code === "ENOSPC");
}
