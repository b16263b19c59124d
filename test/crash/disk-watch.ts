import type { Bytes } from "#proto/bytes.js";
import type { Db } from "#node/storage/database/db.js";
import type { AppendFile, Files } from "#node/storage/files/files.js";
import type { DiskWatch } from "../simulation/machine.js";

/** A call that changes what a disk holds, or makes it last. A directory is made once and counts for nothing. */
export interface Operation {
  /** From 1, over all lives of the machine. */
  readonly number: number;
  readonly kind:
    "batch" | "synced batch" | "create" | "append" | "sync" | "truncate" | "rename" | "remove" | "sync directory";
  /** Empty for the database. */
  readonly path: string;
  /** Of an append; 0 for all others. */
  readonly bytes: number;
}

/** `before` it is called: nothing of it has happened. `after`: it is done, and its caller does not know yet. */
export type Moment = "before" | "after";

/** Numbers the operations of one machine and tells of each; what `meet` throws is what the caller gets. */
export function watchDisk(meet: (moment: Moment, operation: Operation) => void): DiskWatch {
  let count = 0;
  async function change<T>(what: Omit<Operation, "number" | "bytes">, act: () => Promise<T>, bytes = 0): Promise<T> {
    const operation = { number: ++count, bytes, ...what };
    meet("before", operation);
    const result = await act();
    meet("after", operation);
    return result;
  }

  const appender = (file: AppendFile, path: string): AppendFile => ({
    append: (bytes: Bytes) => change({ kind: "append", path }, () => file.append(bytes), bytes.length),
    sync: () => change({ kind: "sync", path }, () => file.sync()),
    close: () => file.close(),
  });

  return {
    files: (files: Files): Files => ({
      read: (path) => files.read(path),
      size: (path) => files.size(path),
      list: (directory) => files.list(directory),
      makeDirectory: (directory) => files.makeDirectory(directory),
      create: async (path) => appender(await change({ kind: "create", path }, () => files.create(path)), path),
      truncate: (path, length) => change({ kind: "truncate", path }, () => files.truncate(path, length)),
      rename: (from, to) => change({ kind: "rename", path: to }, () => files.rename(from, to)),
      remove: (path) => change({ kind: "remove", path }, () => files.remove(path)),
      syncDirectory: (path) => change({ kind: "sync directory", path }, () => files.syncDirectory(path)),
    }),
    db: (db: Db): Db => ({
      get: (key) => db.get(key),
      getMany: (keys) => db.getMany(keys),
      range: (range) => db.range(range),
      iterate: (range) => db.iterate(range),
      write: (writes, options) =>
        change({ kind: options.sync ? "synced batch" : "batch", path: "" }, () => db.write(writes, options)),
      compact: (range) => db.compact(range),
      close: () => db.close(),
    }),
  };
}
