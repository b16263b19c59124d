import { equalBytes, toHex } from "../../bytes.js";

/** A value that the chain recorded, and a different one that follows from committed bytes. */
export interface Difference {
  readonly what: string;
  readonly recorded: string;
  readonly recomputed: string;
}

/** Collects differences. */
export class Comparison {
  readonly differences: Difference[] = [];

  /** Adds a difference unless both values are deeply equal. */
  equal(what: string, recorded: unknown, recomputed: unknown): void {
    if (!same(recorded, recomputed)) {
      this.differences.push({ what, recorded: show(recorded), recomputed: show(recomputed) });
    }
  }

  /** Field by field, so that the name says which one. */
  record<T extends object>(what: string, recorded: T | undefined, recomputed: T | undefined): void {
    if (recorded === undefined || recomputed === undefined) {
      this.equal(what, recorded === undefined ? "none" : "one", recomputed === undefined ? "none" : "one");
      return;
    }
    for (const [field, value] of Object.entries(recomputed)) {
      this.equal(`${snake(field)} of ${what}`, recorded[field as keyof T], value);
    }
  }
}

function same(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return equalBytes(a, b);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (typeof a === "object" && typeof b === "object" && a !== null && b !== null) {
    const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
    const keys = Object.keys(left);
    return keys.length === Object.keys(right).length && keys.every((key) => same(left[key], right[key]));
  }
  return a === b;
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${snake(key)}: ${show(item)}`)
      .join(", ")}}`;
  }
  return String(value);
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
