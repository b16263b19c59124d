/** A broken assertion: a bug in our code. No code catches it, and the node stops. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Throws AssertionError unless the condition holds. For conditions that our own code guarantees, never for input. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** The value, which the calling code guarantees to exist; AssertionError otherwise. */
export function present<T>(value: T | undefined | null, message: string): T {
  if (value === undefined || value === null) throw new AssertionError(message);
  return value;
}
