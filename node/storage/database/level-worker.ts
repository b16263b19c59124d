import { parentPort, workerData } from "node:worker_threads";
import { ClassicLevel } from "classic-level";
import {
  HEADER,
  HEADER_BYTES,
  LEVEL_OPTIONS,
  levelRange,
  STATUS,
  type PageRequest,
  type Request,
} from "./level-range.js";

/** The thread behind RangeReader: one page for each request, in their order. */
const level = new ClassicLevel<Uint8Array, Uint8Array>(workerData as string, LEVEL_OPTIONS as object);
const port = parentPort!;
let last = Promise.resolve();
port.on("message", (request: Request) => {
  last = last.then(() => (request.kind === "close" ? close() : answer(request)));
});

async function close(): Promise<void> {
  await level.close();
  port.close();
}

async function answer({ turn, range, memory }: PageRequest): Promise<void> {
  const header = new Int32Array(memory, 0, HEADER_BYTES / 4);
  try {
    await fill(range, header, memory);
  } catch (error) {
    // The waiting caller throws it.
    const text = new TextEncoder()
      .encode(String((error as Error).message))
      .subarray(0, memory.byteLength - HEADER_BYTES);
    new Uint8Array(memory, HEADER_BYTES).set(text);
    header[HEADER.status] = STATUS.failed;
    header[HEADER.bytes] = text.length;
  }
  Atomics.store(header, HEADER.turn, turn);
  Atomics.notify(header, HEADER.turn);
}

async function fill(range: PageRequest["range"], header: Int32Array, memory: SharedArrayBuffer): Promise<void> {
  const limit = range.limit!;
  const page = new Uint8Array(memory, HEADER_BYTES);
  const lengths = new DataView(memory, HEADER_BYTES);
  const iterator = level.iterator(levelRange(range));
  let count = 0;
  let at = 0;
  try {
    while (count < limit) {
      const entries = await iterator.nextv(limit - count);
      if (entries.length === 0) return finish(header, STATUS.end, count, at);
      for (const [key, value] of entries) {
        const end = at + 8 + key.length + value.length;
        if (end > page.length) {
          return count > 0 ? finish(header, STATUS.more, count, at) : finish(header, STATUS.tooSmall, 0, end);
        }
        lengths.setUint32(at, key.length);
        lengths.setUint32(at + 4, value.length);
        page.set(key, at + 8);
        page.set(value, at + 8 + key.length);
        at = end;
        count++;
      }
    }
    finish(header, STATUS.more, count, at);
  } finally {
    await iterator.close();
  }
}

function finish(header: Int32Array, status: number, count: number, bytes: number): void {
  header[HEADER.status] = status;
  header[HEADER.count] = count;
  header[HEADER.bytes] = bytes;
}
