import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ConfigFault } from "./fault.js";

/** The parsed file; undefined when there is none. @throws ConfigFault when it cannot be read or is not JSON */
export function readJsonFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new ConfigFault([`${path} cannot be read: ${(error as Error).message}`], error);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigFault([`${path} is not JSON: ${(error as Error).message}`], error);
  }
}

/** Writes a whole file or nothing, for good: keys and their records are among them. `secret` files are readable by their owner only. */
export function writeFileWhole(path: string, text: string, secret = false): void {
  const mode = secret ? 0o600 : 0o644;
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  writeFileSync(`${path}.new`, text, { mode, flush: true });
  chmodSync(`${path}.new`, mode); // The mode above is only for a file that did not exist.
  renameSync(`${path}.new`, path);
  syncDirectory(dirname(path));
}

/** Without it a loss of power could undo a rename. */
function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

export function writeJsonFile(path: string, value: unknown, secret = false): void {
  writeFileWhole(path, `${JSON.stringify(value, undefined, 2)}\n`, secret);
}
