import type { Bytes } from "../bytes.js";
import { present } from "../assert.js";
import { schema } from "../gen/schema.js";
import type { MessageName } from "./message.js";

/**
 * Which fields of a message hold messages. Decoding costs time per field, not per byte (128 kB can hold sixty thousand
 * empty sub-messages), so fields are counted on the wire before anything is decoded.
 */
export interface FieldShape {
  /** The shape of a field that holds a message; "packed" for a packed list of varints; undefined for other fields. */
  inner(field: number): FieldShape | "packed" | undefined;
}

/** A shape from field numbers, for messages outside our schemas. */
export function fieldShape(inner: Readonly<Record<number, FieldShape>> = {}): FieldShape {
  return { inner: (field) => inner[field] };
}

const shapes = new Map<MessageName, FieldShape>();
const LENGTH_DELIMITED: ReadonlySet<string> = new Set(["string", "bytes"]);

/** The shape of a message of our schemas. Cached. */
export function ownShape(name: MessageName): FieldShape {
  let shape = shapes.get(name);
  if (shape === undefined) {
    const inner = new Map<number, () => FieldShape | "packed">();
    for (const field of schema[name]) {
      if (field.type === "message") {
        const ref = present(field.ref, `${field.name} has no type`) as MessageName;
        inner.set(field.id, () => ownShape(ref));
      } else if (field.repeated && !LENGTH_DELIMITED.has(field.type)) inner.set(field.id, () => "packed");
    }
    shape = { inner: (field) => inner.get(field)?.() };
    shapes.set(name, shape);
  }
  return shape;
}

/** Maximum nesting of sub-messages; those of our schemas and the Cosmos SDK are far less deep. */
const DEPTH_MAX = 12;

/**
 * The number of fields in the bytes, including sub-messages and entries of packed lists. Stops with a number above
 * `max`. Malformed bytes are counted as far as they can be read; the decoder rejects them.
 */
export function countFields(bytes: Bytes, shape: FieldShape, max: number): number {
  return count(bytes, 0, bytes.length, shape, max, DEPTH_MAX);
}

function count(bytes: Bytes, from: number, to: number, shape: FieldShape, max: number, depth: number): number {
  if (depth === 0) return max + 1;
  let fields = 0;
  let at = from;
  while (at < to && fields <= max) {
    fields++;
    const tagEnd = skipVarint(bytes, at, to);
    const tag = smallVarint(bytes, at, tagEnd);
    const wire = tag & 7;
    if (wire === 0) at = skipVarint(bytes, tagEnd, to);
    else if (wire === 1) at = tagEnd + 8;
    else if (wire === 5) at = tagEnd + 4;
    else if (wire === 2) {
      const start = skipVarint(bytes, tagEnd, to);
      const end = start + smallVarint(bytes, tagEnd, start);
      if (end > to) return fields;
      const inner = shape.inner(tag >>> 3);
      if (inner === "packed") fields += entries(bytes, start, end);
      else if (inner !== undefined) fields += count(bytes, start, end, inner, max - fields, depth - 1);
      at = end;
    } else return fields; // None of these schemas has groups.
  }
  return fields;
}

/** Entries of a packed list of varints: each ends with a byte below 128. */
function entries(bytes: Bytes, from: number, to: number): number {
  let ends = 0;
  for (let at = from; at < to; at++) if (bytes[at]! < 128) ends++;
  return ends;
}

function skipVarint(bytes: Bytes, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at]! > 127) at++;
  return at + 1;
}

/** Decodes up to five bytes, the most that a tag or length has; a longer varint exceeds any length. */
function smallVarint(bytes: Bytes, from: number, to: number): number {
  let value = 0;
  for (let at = Math.min(to, from + 5) - 1; at >= from; at--) value = value * 128 + ((bytes[at] ?? 0) & 127);
  return to - from > 5 ? Number.MAX_SAFE_INTEGER : value;
}
