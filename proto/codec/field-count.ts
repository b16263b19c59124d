import type { Bytes } from "../bytes.js";
import { present } from "../assert.js";
import { schema } from "../gen/schema.js";
import type { MessageName } from "./message.js";

/**
 * What a message costs to read goes by its fields, not by its bytes: 128 kB are sixty thousand empty sub-messages. They are
 * counted on the wire before any of them is made.
 */
export interface FieldShape {
  /** The shape behind a field that holds a message; "packed" for a list of numbers in one field. Others are leaves. */
  inner(field: number): FieldShape | "packed" | undefined;
}

/** A shape by its field numbers, for types that have no table of ours. */
export function fieldShape(inner: Readonly<Record<number, FieldShape>> = {}): FieldShape {
  return { inner: (field) => inner[field] };
}

const shapes = new Map<MessageName, FieldShape>();
const LENGTH_DELIMITED: ReadonlySet<string> = new Set(["string", "bytes"]);

/** The shape of a message of our own schemas. */
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

/** Sub-messages in sub-messages; our own and the Cosmos SDK's end far above this. */
const DEPTH_MAX = 12;

/**
 * How many fields the bytes have, sub-messages and entries of packed lists included; more than `max` as soon as that is
 * known. Bytes that are no message count as far as they can be read: whoever decodes them refuses them.
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
    } else return fields; // Groups are in no schema of these.
  }
  return fields;
}

/** Of a packed list of varints: each ends with a byte below 128. */
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

/** Up to five bytes, which tags and lengths have; a longer one is beyond any length. */
function smallVarint(bytes: Bytes, from: number, to: number): number {
  let value = 0;
  for (let at = Math.min(to, from + 5) - 1; at >= from; at--) value = value * 128 + ((bytes[at] ?? 0) & 127);
  return to - from > 5 ? Number.MAX_SAFE_INTEGER : value;
}
