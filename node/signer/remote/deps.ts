/** What a remote signer, and the node that uses one, need of the world. */
export interface Clock {
  monotonicMs(): number;
  after(delayMs: number, fire: () => void): { cancel(): void };
}

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
