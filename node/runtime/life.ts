import { isPeerTrouble } from "#p2p/transport/peer-trouble.js";

/** The process was asked to stop while it still started. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** Of one connection, which the system has ended already; or of the program itself. */
export type Uncaught = "connection" | "bug";

interface Closer {
  readonly name: string;
  /** Names of what this one still works with: it stays open when this one does not close. */
  readonly uses: readonly string[];
  close(): Promise<void> | void;
}

export interface LifeTimes {
  /** For one closer. */
  readonly oneMs: number;
  /** For all of them. */
  readonly allMs: number;
}

const TIMES: LifeTimes = { oneMs: 3_000, allMs: 7_000 };
/** Time of each closer once the time of all is over: enough for one without work. */
const LEAST_MS = 20;

/**
 * The life of a process that runs until it is stopped: what it has opened, and the first thing that it cannot go on after.
 * Closing always ends: each closer runs, in the reverse order, whatever became of those before.
 */
export class Life {
  readonly #closers: Closer[] = [];
  readonly #times: LifeTimes;
  readonly #uncaught: ((kind: Uncaught, error: unknown) => void)[] = [];
  #ending = false;
  #hasFailed = false;
  #settle: (error: unknown) => void = () => undefined;
  /** Resolves with the reason when the process cannot go on; never for a stop that was asked for. */
  readonly failed: Promise<unknown>;

  constructor(times = TIMES) {
    this.#times = times;
    this.failed = new Promise((resolve) => (this.#settle = resolve));
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** The first one counts: what follows from it says nothing new. */
  fail(error: unknown): void {
    this.#hasFailed = true;
    this.#settle(error);
  }

  /** An error without a handler. An error of a connection ends that connection; after any other error the process state is unknown. */
  uncaught(error: unknown): void {
    const kind = isOfConnection(error) || isPeerTrouble(error) ? "connection" : "bug";
    for (const listener of this.#uncaught) listener(kind, error);
    if (kind === "bug") this.fail(error);
  }

  onUncaught(listener: (kind: Uncaught, error: unknown) => void): void {
    this.#uncaught.push(listener);
  }

  /** @throws Stopped when the process is to end; what was opened is closed all the same */
  opened(name: string, close: () => Promise<void> | void, uses: readonly string[] = []): void {
    this.#closers.push({ name, close, uses });
    if (this.#ending) throw new Stopped(`stopped before ${name} was used`);
  }

  /** Closes what is open. @returns what did not close, in words; the process must not wait for it any longer */
  async close(): Promise<readonly string[]> {
    this.#ending = true;
    const problems: string[] = [];
    const inUse = new Set<string>();
    const end = performance.now() + this.#times.allMs;
    for (let closer = this.#closers.pop(); closer !== undefined; closer = this.#closers.pop()) {
      const { name, uses } = closer;
      if (inUse.has(name)) {
        problems.push(`${name}: left open, for what uses it did not close`);
        continue;
      }
      const limitMs = Math.max(LEAST_MS, Math.min(this.#times.oneMs, end - performance.now()));
      const problem = await closed(closer, limitMs);
      if (problem === undefined) continue;
      problems.push(`${name}: ${problem}`);
      for (const used of uses) inUse.add(used);
    }
    return problems;
  }
}

/** The problem, or undefined. */
async function closed({ close }: Closer, limitMs: number): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`not closed after ${Math.round(limitMs)} ms`), limitMs);
  });
  const work = (async () => close())().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const CONNECTION_CODES: readonly string[] = [
  "ECONNRESET",
  "ECONNABORTED",
  "ECONNREFUSED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "ENOTCONN",
];
const CONNECTION_CALLS: readonly string[] = ["read", "write", "shutdown", "connect"];

/** A socket that fails is destroyed before it tells its error: nothing is left to close. */
function isOfConnection(error: unknown): boolean {
  const { code = "", syscall = "", path } = (error ?? {}) as NodeJS.ErrnoException;
  return path === undefined && CONNECTION_CODES.includes(code) && CONNECTION_CALLS.includes(syscall);
}
