/** An expected failure of the world: a class whose name ends in Fault, with a code of its own. Everything else is a bug. */
export interface Fault extends Error {
  readonly code: string;
}

export function isFault(error: unknown): error is Fault {
  return (
    error instanceof Error && error.name.endsWith("Fault") && typeof (error as { code?: unknown }).code === "string"
  );
}
