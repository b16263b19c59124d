import { present } from "#proto/assert.js";
import { utf8, type Bytes } from "#proto/bytes.js";
import type { AddressText } from "./context.js";

/** What is wrong with a field of a message, in words for whoever sent it. */
export type FieldProblem = { readonly field: string; readonly want: string };

const CONTROL = /[\u0000-\u001f\u007f]/;
const URI = /^[!-~]*$/;
const SLUG = /^[a-z0-9][a-z0-9-]*[a-z0-9]$/;

const SLUG_BYTES = [3, 64] as const;
const URI_BYTES_MAX = 512;

/** Text of one line, counted in bytes of UTF-8. */
export function textProblem(field: string, text: string, min: number, max: number): FieldProblem | undefined {
  // A character has at most 3 bytes a UTF-16 unit, so what is longer than `max` units is refused before it is encoded.
  if (text.length <= max && !CONTROL.test(text)) {
    const size = utf8(text).length;
    if (size >= min && size <= max) return undefined;
  }
  return { field, want: `${min} to ${max} bytes of text without control characters` };
}

export function uriProblem(field: string, text: string): FieldProblem | undefined {
  if (text.length <= URI_BYTES_MAX && URI.test(text)) return undefined;
  return { field, want: `at most ${URI_BYTES_MAX} printable ASCII characters` };
}

export function slugProblem(text: string): FieldProblem | undefined {
  const [min, max] = SLUG_BYTES;
  if (text.length >= min && text.length <= max && SLUG.test(text)) return undefined;
  return { field: "slug", want: `${min} to ${max} of a-z, 0-9 and -, not - at its ends` };
}

export function hashProblem(field: string, hash: Bytes): FieldProblem | undefined {
  return hash.length === 32 ? undefined : { field, want: "32 bytes" };
}

export function rangeProblem<T extends number | bigint>(
  field: string,
  value: T,
  min: T,
  max: T,
): FieldProblem | undefined {
  return value >= min && value <= max ? undefined : { field, want: `${min} to ${max}` };
}

export function firstProblem(...problems: readonly (FieldProblem | undefined)[]): FieldProblem | undefined {
  return problems.find((problem) => problem !== undefined);
}

/** The address of a message's signer: admission has checked its text before any handler runs. */
export function signerAddress(address: AddressText, text: string): Bytes {
  return present(address.parse(text), "a signer was admitted by its address");
}
