import { compareBytes, readU64be, type Bytes } from "#proto/bytes.js";
import { following, prefixEnd, rangeAfter, type Base, type Entry, type Range } from "#state/store/base.js";
import { bytesKey } from "#state/store/key-codec.js";
import { damaged, type Records } from "../database/records.js";
import { nameOf, readBefore, readStored, stateRange, type Stored } from "./state-record.js";
import { historyKey, stateKey, TABLE } from "../database/tables.js";

/** Entries of the latest state that are read together before their history is looked up. */
const PAGE_ENTRIES = 128;
const HEIGHT_MAX = 0xffff_ffff_ffff_ffffn;

interface Changed {
  readonly key: Bytes;
  readonly value: Bytes | undefined;
}

/**
 * The state after a height. The latest value is read first and its history second: whatever a commit changes between
 * the two reads, the history then tells what it was.
 */
export class StateHistory implements Base {
  readonly #records: Records;
  readonly #latest: (key: Bytes) => Stored | undefined;
  readonly #height: bigint;
  readonly #started: () => bigint;

  /** @param latest the latest value; @param started height of the last commit that may have reached the database */
  constructor(records: Records, latest: (key: Bytes) => Stored | undefined, height: bigint, started: () => bigint) {
    this.#records = records;
    this.#latest = latest;
    this.#height = height;
    this.#started = started;
  }

  get(key: Bytes): Bytes | undefined {
    const latest = this.#latest(key);
    if (latest !== undefined && latest.changed <= this.#height) return latest.value;
    if (this.#started() <= this.#height) return undefined; // Nothing has changed since.
    const range = { from: historyKey(key, this.#height + 1n), to: historyKey(key, HEIGHT_MAX), limit: 1 };
    for (const [record, before] of this.#records.range(range)) return this.#valueBefore(record, before);
    if (latest !== undefined) throw damaged(stateKey(key), `changed at ${latest.changed} and its history is missing`);
    return undefined;
  }

  /** @throws StorageFault when that value came later than our height: a record between the two is lost. */
  #valueBefore(record: Bytes, stored: Bytes): Bytes | undefined {
    const { value, since } = readBefore(stored);
    if (since > this.#height) throw damaged(record, `has lost the one before it, of height ${since}`);
    return value;
  }

  *range(range: Range): Generator<Entry, void, undefined> {
    let left = range.limit ?? Infinity;
    let rest: Range | undefined = { from: range.from, to: range.to, reverse: range.reverse };
    while (rest !== undefined && left > 0) {
      const page: Entry[] = [...this.#records.range(stateRange({ ...rest, limit: PAGE_ENTRIES }))];
      const keys = page.map(([key]) => key.subarray(1));
      const last = page.length < PAGE_ENTRIES ? undefined : keys.at(-1);
      for (const entry of this.#merge(page, keys, covered(rest, last))) {
        yield entry;
        if (--left === 0) return;
      }
      rest = last === undefined ? undefined : rangeAfter(rest, last);
    }
  }

  /** The page, with what its span held at the height in place of later values. */
  #merge(page: readonly Entry[], keys: readonly Bytes[], span: Range): Entry[] {
    const out: Entry[] = [];
    const before = this.#started() <= this.#height ? new Map<string, Changed>() : this.#changedLater(span);
    page.forEach(([record, stored], i) => {
      const { changed, value } = readStored(stored);
      if (changed <= this.#height) out.push([keys[i]!, value]);
      else if (!before.has(nameOf(keys[i]!))) throw damaged(record, `changed at ${changed} and its history is missing`);
    });
    for (const { key, value } of before.values()) if (value !== undefined) out.push([key, value]);
    const order = span.reverse ? -1 : 1;
    return out.sort((a, b) => order * compareBytes(a[0], b[0]));
  }

  /** Keys of the span that changed after the height, with their values at the height. */
  #changedLater({ from, to }: Range): Map<string, Changed> {
    const out = new Map<string, Changed>();
    const end = to === undefined ? prefixEnd(Uint8Array.of(TABLE.history)) : historyKey(to, 0n);
    let next: Bytes | undefined = from === undefined ? Uint8Array.of(TABLE.history) : historyKey(from, 0n);
    while (next !== undefined) {
      const at: Bytes = next;
      next = undefined;
      for (const [record, stored] of this.#records.range({ from: at, to: end, limit: PAGE_ENTRIES })) {
        const { value: key, next: heightAt } = bytesKey.decode(record, 1);
        next = following(record);
        if (readU64be(record, heightAt) <= this.#height || out.has(nameOf(key))) continue;
        out.set(nameOf(key), { key, value: this.#valueBefore(record, stored) });
      }
    }
    return out;
  }
}

/** The part of a range that a page up to `last` covers. */
function covered(range: Range, last: Bytes | undefined): Range {
  if (last === undefined) return range;
  return range.reverse ? { ...range, from: last } : { ...range, to: following(last) };
}
