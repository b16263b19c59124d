import type { Bytes } from "./bytes.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const CHUNK = 8192; // Characters joined at once: concatenating single characters is slow for megabytes.

const codes = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const values = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) values[codes[i]!] = i;

/** RFC 4648 section 4 with padding, the encoding of all CometBFT and gateway fields of type bytes. */
export function toBase64(bytes: Bytes): string {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const word = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out[at++] = codes[word >> 18]!;
    out[at++] = codes[(word >> 12) & 63]!;
    out[at++] = left > 1 ? codes[(word >> 6) & 63]! : 61;
    out[at++] = left > 2 ? codes[word & 63]! : 61;
  }
  let text = "";
  for (let i = 0; i < out.length; i += CHUNK) text += String.fromCharCode(...out.subarray(i, i + CHUNK));
  return text;
}

/** Decodes exactly what `toBase64` writes: padded, no white space, unused bits zero. Undefined for anything else. */
export function fromBase64(text: string): Bytes | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const out = new Uint8Array((text.length / 4) * 3 - padding);
  const end = text.length - padding;
  let word = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? values[code]! : -1;
    if (value < 0) return undefined;
    word = ((word << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (word >> bits) & 255;
    }
  }
  return (word & ((1 << bits) - 1)) === 0 ? out : undefined;
}

/**
 * Decodes the URL alphabet (RFC 4648 section 5), padded or not, and the standard alphabet. Undefined for anything else.
 */
export function fromBase64Url(text: string): Bytes | undefined {
  const standard = text.replace(/-/g, "+").replace(/_/g, "/");
  return fromBase64(standard.length % 4 === 0 ? standard : standard + "=".repeat(4 - (standard.length % 4)));
}
