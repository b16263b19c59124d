import { present } from "#proto/assert.js";
import { utf8, type Bytes } from "#proto/bytes.js";
import type { AddressText } from "./context.js";

/** An invalid field of a message, and what is expected. */
export type FieldProblem = { readonly field: string; readonly want: string };

const CONTROL = /[\u0000-\u001f\u007f]/;
const URI = /^[!-~]*$/;
const SLUG = /^[a-z0-9][a-z0-9-]*[a-z0-9]$/;

const SLUG_BYTES = [3, 64] as const;
const URI_BYTES_MAX = 512;

/** Requires one line of text with `min` to `max` bytes of UTF-8 and without control characters. */
export function textProblem(field: string, text: string, min: number, max: number): FieldProblem | undefined {
  // A character has at most 3 bytes a UTF-16 unit, so what is longer than `max` units is refused before it is encoded.
  if (text.length <= max && !CONTROL.test(text)) {
    const size = utf8(text).length;
    if (size >= min && size <= max) return undefined;
  }
  return { field, want: `${min} to ${max} bytes of text without control characters` };
}

/** Requires at most 512 printable ASCII characters. An empty URI is accepted. */
export function uriProblem(field: string, text: string): FieldProblem | undefined {
  if (text.length <= URI_BYTES_MAX && URI.test(text)) return undefined;
  return { field, want: `at most ${URI_BYTES_MAX} printable ASCII characters` };
}

/** Requires 3 to 64 characters of a-z, 0-9 and -, without - at the ends. */
export function slugProblem(text: string): FieldProblem | undefined {
  const [min, max] = SLUG_BYTES;
  if (text.length >= min && text.length <= max && SLUG.test(text)) return undefined;
  return { field: "slug", want: `${min} to ${max} of a-z, 0-9 and -, not - at its ends` };
}

/** Requires 32 bytes. */
export function hashProblem(field: string, hash: Bytes): FieldProblem | undefined {
  return hash.length === 32 ? undefined : { field, want: "32 bytes" };
}

/** Requires min to max, inclusive. */
export function rangeProblem<T extends number | bigint>(
  field: string,
  value: T,
  min: T,
  max: T,
): FieldProblem | undefined {
  return value >= min && value <= max ? undefined : { field, want: `${min} to ${max}` };
}

/** The first problem of a list; undefined if there is none. */
export function firstProblem(...problems: readonly (FieldProblem | undefined)[]): FieldProblem | undefined {
  return problems.find((problem) => problem !== undefined);
}

/** The address of a message's signer. Admission has checked its text, so a malformed one is an assertion. */
export function signerAddress(address: AddressText, text: string): Bytes {
  return present(address.parse(text), "a signer was admitted by its address");
}
