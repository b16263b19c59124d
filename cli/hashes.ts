import { fromHex, type Bytes } from "#proto/bytes.js";
import { usage } from "./fault.js";

/** 32 bytes in hex, with or without 0x. @throws CliFault(usage) */
export function readHash(text: string): Bytes {
  const bytes = fromHex(text.replace(/^0x/i, ""));
  if (bytes?.length === 32) return bytes;
  throw usage(`"${text}" is not a hash: 64 hex digits are needed`);
}
