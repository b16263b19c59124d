import { dirname } from "node:path";
import type { Bytes } from "#proto/bytes.js";
import { StorageFault } from "../fault.js";
import type { Files } from "./files.js";

const TEMPORARY = ".tmp";

/**
 * Replaces a file: after a crash it holds the old bytes or the new ones, and the new ones for good once this resolves.
 * Without the sync of the directory a loss of power could undo the rename. One writer at a time for a path.
 * @throws StorageFault when anything fails; the caller must not act as if the bytes were kept.
 */
export async function replaceFile(files: Files, path: string, bytes: Bytes): Promise<void> {
  const temporary = path + TEMPORARY;
  try {
    if ((await files.read(temporary)) !== undefined) await files.remove(temporary); // Left by a crash.
    const file = await files.create(temporary);
    await file.append(bytes);
    await file.sync();
    await file.close();
    await files.rename(temporary, path);
    await files.syncDirectory(dirname(path));
  } catch (cause) {
    throw new StorageFault("storage.write", `file ${path} could not be replaced`, cause);
  }
}
