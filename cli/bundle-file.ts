import { readFileSync } from "node:fs";
import { bundleName, readBundle, type Bundle } from "#proto/client/verify/index.js";
import { notFound } from "./fault.js";

/** A file exported by `verify payout`; people compare it by its noted name. Throws VerifyFault(bad_bundle). */
export function readBundleFile(file: string, note: (text: string) => void): Bundle {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw notFound(`${file} cannot be read: ${(cause as Error).message}`);
  }
  note(`${file}: sha256 ${bundleName(text)}`);
  return readBundle(text);
}
