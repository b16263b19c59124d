/** The ports of p2p. node/runtime implements them over the OS, the simulation over a seed. */

/** The only door to time. */
export interface Clock {
  /** Milliseconds since the Unix epoch. May jump: for logs and records that outlive the process. */
  now(): bigint;
  /** Never goes back: for durations. */
  monotonicMs(): number;
  after(delayMs: number, fire: () => void): { cancel(): void };
}

/** Jitter and choice of peers; never keys. */
export interface Random {
  /** A whole number from 0 to limit - 1. */
  below(limit: number): number;
}

export type LogFields = Readonly<Record<string, unknown>>;

/** Levels: error = a person must act; warn = may lead to it; info = rare, about this node's state; debug = anything. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
