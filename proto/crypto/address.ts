import { bech32 } from "@scure/base";
import { utf8, type Bytes } from "../bytes.js";
import { sha256 } from "./hash.js";

/** Size of every address. */
export const ADDRESS_BYTES = 20;
const BECH32_LIMIT = 90;

/** Bech32 of an address of 20 bytes. Operator and consensus addresses append "valoper" and "valcons" to the prefix. */
export function toBech32(prefix: string, address: Bytes): string {
  return bech32.encodeFromBytes(prefix, address);
}

/** The 20 bytes of a bech32 address with exactly this prefix; undefined for anything else, including upper case. */
export function fromBech32(prefix: string, text: string): Bytes | undefined {
  if (text.length > BECH32_LIMIT || text !== lowerAscii(text)) return undefined;
  try {
    const decoded = bech32.decodeToBytes(text);
    return decoded.prefix === prefix && decoded.bytes.length === ADDRESS_BYTES ? decoded.bytes : undefined;
  } catch {
    return undefined; // The library throws for a bad checksum or character.
  }
}

/** Bech32 of 20 bytes under some prefix: the checksum finds typing errors, the chain knows its prefixes. */
export function isAddressText(text: string): boolean {
  try {
    return text.length <= BECH32_LIMIT && bech32.decodeToBytes(text).bytes.length === ADDRESS_BYTES;
  } catch {
    return false; // The library throws for a bad checksum or character.
  }
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, "");
}

/** Address of a module's account: the first 20 bytes of SHA-256 of its name, as in the Cosmos SDK. It has no key. */
export function moduleAddress(name: string): Bytes {
  return sha256(utf8(name)).slice(0, ADDRESS_BYTES);
}
