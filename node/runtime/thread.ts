import { once } from "node:events";
import { Worker, type MessagePort, type ResourceLimits } from "node:worker_threads";
import { Fault } from "#proto/fault.js";
import { gather } from "./gather.js";

export type ThreadFaultCode = "thread.lost"; // A thread was ended from outside, had no memory left, or did not start.

/** A thread ended for an external reason: its callers get no answer, and its last effect is known only from the disk. */
export class ThreadFault extends Fault<ThreadFaultCode> {}

/** The interface of a thread: asynchronous methods over bytes and plain values. */
export type Methods<M> = { readonly [K in keyof M]: (...args: never[]) => Promise<unknown> };

/** An error on its way to another thread. */
interface SerializedError {
  readonly name: string;
  /** Of a fault; undefined for a bug. */
  readonly code: string | undefined;
  readonly message: string;
  readonly stack: string | undefined;
  /** Of an error of the operating system. */
  readonly syscall: string | undefined;
  readonly path: string | undefined;
  readonly cause: SerializedError | undefined;
}

interface Request {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}
type Reply =
  { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly error: SerializedError };

/** Calls count from 1: what a thread answers unasked when its entry serves calls. */
const STARTED = 0;
/** How long an entry may take to serve calls: it opens a database first. */
const START_MS_MAX = 60_000;

/** Answers calls from the port's other end, each as soon as it is done. The methods order what needs an order. */
export function serveCalls<M extends Methods<M>>(port: MessagePort, methods: M): void {
  const post = (reply: Reply): void => {
    const { value, transfer } = gather(reply);
    port.postMessage(value, transfer);
  };
  port.on("message", ({ id, method, args }: Request) => {
    const run = methods[method as keyof M] as unknown as (...args: readonly unknown[]) => Promise<unknown>;
    run(...args).then(
      (answer) => post({ id, answer }),
      (error: unknown) => post({ id, error: serializeError(error) }),
    );
  });
  post({ id: STARTED, answer: undefined });
}

/** Causes that cross with an error; ours are three deep at most. */
const CAUSES_MAX = 8;

function serializeError(error: unknown, depth = 0): SerializedError {
  const { name, message, stack, cause } = error instanceof Error ? error : new Error(String(error));
  const { code, syscall, path } = (error ?? {}) as Readonly<Record<string, unknown>>;
  return {
    name,
    code: text(code),
    message,
    stack,
    syscall: text(syscall),
    path: text(path),
    cause: cause instanceof Error && depth < CAUSES_MAX ? serializeError(cause, depth + 1) : undefined,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A class of faults that crosses threads. Its codes are its own, hence never. */
export interface FaultClass {
  readonly name: string;
  new (code: never, message: string, cause?: unknown): Fault;
}

/** For a thread beside the chain's: with the default it keeps a hundred megabytes of garbage that collects more slowly. */
export const FRUGAL: ResourceLimits = { maxYoungGenerationSizeMb: 8 };

export interface ThreadOptions {
  readonly data: unknown;
  readonly memory?: ResourceLimits;
  /** Milliseconds until the entry must serve calls (START_MS_MAX). */
  readonly startMs?: number;
  /** The faults that calls may throw; every other error is a bug. */
  readonly faults: readonly FaultClass[];
  /** The thread broke a rule of its own: what a call threw is a bug. The call is rejected as well. */
  onBug(error: Error): void;
  /** The thread is gone without having been asked to; everything that was asked of it is rejected. */
  onLost(error: Error): void;
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** A thread of this program and the calls that it has not answered yet. Its callers await, which bounds them. */
export class Thread<M extends Methods<M>> {
  readonly #worker: Worker;
  readonly #options: ThreadOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<unknown>;
  readonly #start: NodeJS.Timeout;
  #last = STARTED;
  #gone: Error | undefined;
  #closing = false;

  constructor(entry: URL, options: ThreadOptions) {
    this.#options = options;
    this.#worker = new Worker(entry, { workerData: options.data, resourceLimits: options.memory ?? {} });
    this.#exited = once(this.#worker, "exit").catch(() => undefined); // Its error is told below.
    this.#worker.on("message", (reply: Reply) => this.#onReply(reply));
    this.#worker.on("error", (error: unknown) => this.#lost(thrown(error)));
    this.#worker.on("messageerror", (error) => this.#lost(error));
    this.#worker.on("exit", (code) =>
      this.#lost(new ThreadFault("thread.lost", `a thread of this node ended with code ${code}: start it again`)),
    );
    const startMs = options.startMs ?? START_MS_MAX;
    this.#start = setTimeout(() => {
      this.#lost(
        new ThreadFault("thread.lost", `a thread of this node did not start within ${startMs} ms: start it again`),
      );
      void this.#worker.terminate();
    }, startMs).unref();
  }

  call<K extends keyof M & string>(method: K, ...args: Parameters<M[K]>): Promise<Awaited<ReturnType<M[K]>>> {
    return new Promise((resolve, reject) => {
      if (this.#gone !== undefined) return reject(this.#gone);
      const id = ++this.#last;
      this.#waiting.set(id, { resolve: resolve as Waiting["resolve"], reject });
      const { value, transfer } = gather({ id, method, args } satisfies Request);
      this.#worker.postMessage(value, transfer);
    });
  }

  /** Asks the thread by its own method to end, and waits until it has. */
  async close<K extends keyof M & string>(method: K, ...args: Parameters<M[K]>): Promise<void> {
    if (this.#gone !== undefined || this.#closing) return;
    this.#closing = true;
    await this.call(method, ...args);
    await this.#exited;
  }

  /** Ends it where it stands. */
  async end(): Promise<void> {
    this.#closing = true;
    await this.#worker.terminate();
  }

  #onReply(reply: Reply): void {
    if (reply.id === STARTED) return clearTimeout(this.#start);
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("answer" in reply) return waiting?.resolve(reply.answer);
    const error = deserializeError(reply.error, this.#options.faults);
    waiting?.reject(error);
    if (!(error instanceof Fault)) this.#options.onBug(error);
  }

  #lost(error: Error): void {
    if (this.#gone !== undefined) return;
    this.#gone = error;
    clearTimeout(this.#start);
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
    if (!this.#closing) this.#options.onLost(error);
  }
}

/** A thread that only reads: the first call begins it, and when it has ended the next call begins another one. */
export class ReadingThread<M extends Methods<M>> {
  readonly #entry: URL;
  readonly #options: Omit<ThreadOptions, "onBug">;
  #running: Thread<M> | undefined;

  constructor(entry: URL, options: Omit<ThreadOptions, "onBug">) {
    this.#entry = entry;
    this.#options = options;
  }

  call<K extends keyof M & string>(method: K, ...args: Parameters<M[K]>): Promise<Awaited<ReturnType<M[K]>>> {
    return (this.#running ??= this.#begin()).call(method, ...args);
  }

  async close<K extends keyof M & string>(method: K, ...args: Parameters<M[K]>): Promise<void> {
    await this.#running?.close(method, ...args);
  }

  #begin(): Thread<M> {
    const begun = new Thread<M>(this.#entry, {
      ...this.#options,
      memory: FRUGAL,
      onBug: () => undefined, // The caller gets the error; a read has changed nothing.
      onLost: (error) => {
        if (this.#running === begun) this.#running = undefined;
        this.#options.onLost(error);
      },
    });
    return begun;
  }
}

/** An error that a thread threw is a bug, except for a lack of memory, which is the machine's. */
function thrown(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if ((error as { code?: unknown }).code !== "ERR_WORKER_OUT_OF_MEMORY") return error;
  const message = "a thread of this node ran out of memory: add memory, then start again";
  return new ThreadFault("thread.lost", message, error);
}

/** The fault that it was; or an error with the stack of its thread and what the operating system said. */
function deserializeError({ message, cause: inner, ...rest }: SerializedError, faults: readonly FaultClass[]): Error {
  const cause = inner && deserializeError(inner, faults);
  const Known = faults.find(({ name }) => name === rest.name);
  if (Known !== undefined) return new Known(rest.code as never, message, cause);
  const error = new Error(message, cause && { cause });
  const known = Object.entries(rest).filter(([, value]) => value !== undefined);
  return Object.assign(error, Object.fromEntries(known));
}
