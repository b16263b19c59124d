type Bytes = Uint8Array<ArrayBuffer>;

/** A message whose byte strings all lie in one buffer of its own: it moves to another thread without being copied again. */
export interface Gathered {
  readonly value: unknown;
  readonly transfer: ArrayBuffer[];
}

/**
 * Copies the byte strings of a plain value next to each other. Sent as they are, each would take the whole buffer
 * along that it is a part of: a block for a transaction, a network frame for a vote.
 */
export function gather(value: unknown): Gathered {
  const found: Uint8Array[] = [];
  let total = 0;
  each(value, (bytes) => {
    found.push(bytes);
    total += bytes.length;
  });
  if (found.length === 0) return { value, transfer: [] };
  const all: Bytes = new Uint8Array(total);
  let at = 0;
  const moved = replaced(value, (bytes) => {
    all.set(bytes, at);
    at += bytes.length;
    return all.subarray(at - bytes.length, at);
  });
  return { value: moved, transfer: [all.buffer] };
}

function each(value: unknown, use: (bytes: Uint8Array) => void): void {
  if (typeof value !== "object" || value === null) return;
  if (value instanceof Uint8Array) use(value);
  else for (const part of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) each(part, use);
}

function replaced(value: unknown, by: (bytes: Uint8Array) => Uint8Array): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return by(value);
  if (Array.isArray(value)) return value.map((part: unknown) => replaced(part, by));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, replaced(part, by)]));
}
