import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { rangeAfter, type Entry, type Range } from "#state/store/base.js";
import { StorageFault } from "../fault.js";
import { HEADER, HEADER_BYTES, STATUS, type Request } from "./level-range.js";

const MEMORY_BYTES = 256 * 1024;
/** Entries of the first page and of the largest: who reads a few does not wait for many. */
const PAGE_FIRST = 32;
const PAGE_MAX = 1024;
/** A disk that takes longer does not answer any more. */
const WAIT_MS = 30_000;

/**
 * Reads ranges while the caller waits. classic-level gives single values at once but ranges only later, so a thread of
 * its own reads them from the same database, into shared memory on which the caller blocks.
 */
export class RangeReader {
  readonly #directory: string;
  #worker: Worker | undefined;
  #memory = new SharedArrayBuffer(HEADER_BYTES + MEMORY_BYTES);
  #turn = 0;
  /** The error that ended the last thread. */
  #failure: unknown;

  constructor(directory: string) {
    this.#directory = directory;
  }

  *range({ limit, ...range }: Range): Generator<Entry, void, undefined> {
    let [left, rest]: [number, Range] = [limit ?? Infinity, range];
    for (let size = PAGE_FIRST; left > 0; size = Math.min(size * 4, PAGE_MAX)) {
      const { entries, more } = this.#page({ ...rest, limit: Math.min(size, left) });
      yield* entries;
      left -= entries.length;
      const last = entries.at(-1);
      if (!more || last === undefined) return;
      rest = rangeAfter(rest, last[0]);
    }
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker === undefined) return;
    worker.ref();
    const gone = once(worker, "exit");
    worker.postMessage({ kind: "close" } satisfies Request);
    await gone;
  }

  #page(range: Range): { readonly entries: Entry[]; readonly more: boolean } {
    for (;;) {
      const header = this.#ask(range);
      const status = header[HEADER.status]!;
      const bytes = header[HEADER.bytes]!;
      if (status === STATUS.end || status === STATUS.more) {
        return { entries: readPage(this.#memory, header[HEADER.count]!, bytes), more: status === STATUS.more };
      }
      if (status === STATUS.failed) {
        const why = new TextDecoder().decode(new Uint8Array(this.#memory, HEADER_BYTES, bytes).slice());
        throw new StorageFault("storage.read", `a range of the database could not be read: ${why}`);
      }
      this.#memory = new SharedArrayBuffer(HEADER_BYTES + bytes); // One entry alone is larger than the memory.
    }
  }

  #ask(range: Range): Int32Array {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) {
      throw new StorageFault("storage.read", "the thread that reads ranges of the database failed", failure);
    }
    const worker = (this.#worker ??= this.#start());
    const header = new Int32Array(this.#memory, 0, HEADER_BYTES / 4);
    const turn = (this.#turn = (this.#turn + 1) | 0);
    worker.postMessage({ kind: "page", turn, range, memory: this.#memory } satisfies Request);
    if (!awaitTurn(header, turn, WAIT_MS)) {
      throw new StorageFault("storage.read", `the database did not answer within ${WAIT_MS / 1000} s`);
    }
    return header;
  }

  #start(): Worker {
    const worker = new Worker(new URL("./level-worker.js", import.meta.url), { workerData: this.#directory });
    worker.unref(); // It ends with the process.
    worker.on("error", (error: unknown) => (this.#failure = error));
    worker.once("exit", () => {
      if (this.#worker === worker) this.#worker = undefined; // The next range starts another one.
    });
    return worker;
  }
}

/**
 * Blocks until the other thread has answered this turn; false when it takes too long. Being woken says nothing: the other
 * thread stores an answer first and wakes second, and who saw the store without sleeping is woken in its next turn.
 */
export function awaitTurn(header: Int32Array, turn: number, milliseconds: number): boolean {
  for (let seen = Atomics.load(header, HEADER.turn); seen !== turn; seen = Atomics.load(header, HEADER.turn)) {
    if (Atomics.wait(header, HEADER.turn, seen, milliseconds) === "timed-out") return false;
  }
  return true;
}

function readPage(memory: SharedArrayBuffer, count: number, bytes: number): Entry[] {
  const page = new Uint8Array(memory, HEADER_BYTES, bytes).slice(); // Own bytes: the next page overwrites the memory.
  const lengths = new DataView(page.buffer);
  const entries: Entry[] = [];
  for (let i = 0, at = 0; i < count; i++) {
    const keyEnd = at + 8 + lengths.getUint32(at);
    const valueEnd = keyEnd + lengths.getUint32(at + 4);
    entries.push([page.subarray(at + 8, keyEnd), page.subarray(keyEnd, valueEnd)]);
    at = valueEnd;
  }
  return entries;
}
