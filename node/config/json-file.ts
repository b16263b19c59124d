import { isUtf8 } from "node:buffer";
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { osReason } from "../runtime/os-error.js";
import { ConfigFault } from "./fault.js";
import { duplicateKey } from "./json-keys.js";

/**
 * The parsed file; undefined if it does not exist. People edit these files: a key that stands twice would silently count once.
 * @throws ConfigFault when it cannot be read, is not UTF-8 or not JSON, or has a key twice
 */
export function readJsonFile(path: string): unknown {
  const text = readTextFile(path);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigFault([`${path} is not JSON: ${(error as Error).message}`], error);
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) throw new ConfigFault([`${path}: ${twice} occurs twice; keep one of them`]);
  return value;
}

/** The file's text; undefined if it does not exist. @throws ConfigFault when it cannot be read or is not UTF-8 */
export function readTextFile(path: string): string | undefined {
  try {
    const bytes = readFileSync(path);
    if (isUtf8(bytes)) return bytes.toString("utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new ConfigFault([`${path} cannot be read: ${osReason(error)}`], error);
  }
  throw new ConfigFault([`${path} is not UTF-8: save it in that encoding (iconv -f latin1 -t utf8)`]);
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
