import { toHex, utf8, type Bytes } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { initialState } from "#consensus/round.js";
import { step } from "#consensus/step.js";
import type { Effect, Input } from "#consensus/types.js";
import { decodeWalEntry, encodeWalEntry } from "#consensus/wal-entry.js";

/** One byte string for one value, whatever order its fields were set in. */
export function canonical(value: unknown): Bytes {
  return utf8(text(value));
}

function text(value: unknown): string {
  if (value instanceof Uint8Array) return `0x${toHex(value)}`;
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(text).join(",")}]`;
  if (typeof value !== "object" || value === null) return value === undefined ? "-" : JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${name}:${text(field)}`).join(",")}}`;
}

interface Entry {
  readonly input: Bytes;
  /** undefined: of a life before, from whose log this one began. */
  readonly effects: Bytes | undefined;
}

/** What one node took in and gave out, as bytes, one list a life. */
export class Recorder {
  readonly #lives = new Map<number, Entry[][]>();

  /** A life begins, with what the log of the last one gives back. */
  begin(node: number, log: readonly Bytes[]): void {
    const lives = this.#lives.get(node) ?? [];
    this.#lives.set(node, [...lives, log.map((input) => ({ input, effects: undefined }))]);
  }

  fed(node: number, input: Input, effects: readonly Effect[]): void {
    if (!this.#lives.has(node)) this.begin(node, []);
    this.#lives
      .get(node)!
      .at(-1)!
      .push({ input: encodeWalEntry(input), effects: canonical(effects) });
  }

  /**
   * Every life once more, from the bytes of its inputs alone.
   * @returns inputs replayed @throws Error naming the first whose effects differ
   */
  replay(): number {
    let count = 0;
    for (const [node, lives] of this.#lives) {
      for (const [life, entries] of lives.entries()) {
        let state = initialState();
        for (const [at, { input, effects }] of entries.entries()) {
          const decoded = decodeWalEntry(input);
          if (isRejection(decoded)) throw new Error(`node ${node}, life ${life}, input ${at} does not decode`);
          const after = step(state, decoded);
          state = after.state;
          count++;
          if (effects === undefined) continue;
          const again = canonical(after.effects);
          if (Buffer.compare(again, effects) !== 0) {
            throw new Error(`node ${node}, life ${life}, input ${at} (${decoded.kind}): other effects than before`);
          }
        }
      }
    }
    return count;
  }
}
