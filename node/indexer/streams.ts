import type { Position } from "./keys.js";

/** Positions in one direction, each at most once. */
export type Stream = AsyncIterable<Position>;

export async function* streamOf(positions: readonly Position[]): AsyncGenerator<Position> {
  yield* positions;
}

/** The intersection. Each stream is read only as far as the other reaches. */
export async function* both(a: Stream, b: Stream, descending: boolean): AsyncGenerator<Position> {
  const left = a[Symbol.asyncIterator]();
  const right = b[Symbol.asyncIterator]();
  try {
    let [x, y] = [await left.next(), await right.next()];
    while (!x.done && !y.done) {
      if (x.value === y.value) {
        yield x.value;
        x = await left.next();
        y = await right.next();
      } else if (x.value < y.value !== descending) x = await left.next();
      else y = await right.next();
    }
  } finally {
    await left.return?.();
    await right.return?.();
  }
}

/** Neighbours that become equal under `map` are one: the events of a transaction become the transaction. */
export async function* mapped(stream: Stream, map: (at: Position) => Position): AsyncGenerator<Position> {
  let last: Position | undefined;
  for await (const at of stream) {
    const value = map(at);
    if (value !== last) yield value;
    last = value;
  }
}

export async function* filtered(stream: Stream, keep: (at: Position) => boolean): AsyncGenerator<Position> {
  for await (const at of stream) if (keep(at)) yield at;
}
