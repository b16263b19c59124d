import { readFileSync } from "node:fs";
import { fromBase64 } from "#proto/base64.js";
import type { Bytes } from "#proto/bytes.js";
import { parseJson } from "#proto/codec/json-text.js";
import { isRejection, rejectionText } from "#proto/rejection.js";
import { txFromJson } from "#proto/tx/json.js";
import { notFound, usage } from "../fault.js";
import type { World } from "../world.js";

/** The text of a file, or of stdin for "-". */
export async function readText(path: string, world: World): Promise<string> {
  if (path === "-") return await world.prompt.rest();
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw notFound(`${path} does not exist`);
    throw error;
  }
}

/** A transaction out of a file: JSON as --generate-only writes it, or base64. @throws CliFault(usage) naming the field */
export async function readTxDocument(path: string, world: World): Promise<Bytes> {
  const text = (await readText(path, world)).trim();
  if (!text.startsWith("{")) {
    const bytes = fromBase64(text);
    if (bytes === undefined || bytes.length === 0) throw usage(`${path} is neither a transaction in JSON nor base64`);
    return bytes;
  }
  const json = parseJson(text);
  if (isRejection(json)) throw usage(`${path} is not JSON: ${rejectionText(json)}`);
  const bytes = txFromJson(json);
  if (isRejection(bytes)) throw usage(`${path} is not a transaction: ${rejectionText(bytes)}`);
  return bytes;
}
