/** Ports of a remote signer, and of the node that uses one. */
export interface Clock {
  monotonicMs(): number;
  after(delayMs: number, fire: () => void): { cancel(): void };
}

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
