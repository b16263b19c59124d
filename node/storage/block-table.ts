import { readU64be, type Bytes } from "#proto/bytes.js";
import type { HeaderHash } from "#proto/types/block-id.js";
import { StorageFault } from "./fault.js";
import { readInfo, type HeightInfo } from "./head-record.js";
import { damaged, type Records } from "./database/records.js";
import { byHash, byHeight } from "./database/tables.js";

/** Which heights there are. */
export interface Bounds {
  /** -1 before genesis. */
  readonly head: bigint;
  readonly initialHeight: bigint;
  readonly firstBlock: bigint;
}

/** Blocks and what belongs to them, by height. */
export class BlockTable {
  readonly #records: Records;
  readonly #bounds: () => Bounds;

  constructor(records: Records, bounds: () => Bounds) {
    this.#records = records;
    this.#bounds = bounds;
  }

  ofHeight(table: "block" | "certificate" | "results", height: bigint): Bytes | undefined {
    if (!this.#isKept(height)) return undefined;
    const record = byHeight(table, height);
    const stored = this.#records.get(record);
    // The writer, another thread for a reader, may have pruned it meanwhile.
    if (stored === undefined && this.#isKept(height)) throw damaged(record, "is missing");
    return stored;
  }

  info(height: bigint): HeightInfo | undefined {
    const { head, initialHeight, firstBlock } = this.#bounds();
    if (height > head || height < initialHeight - 1n) return undefined;
    const record = byHeight("heightInfo", height);
    const stored = this.#records.get(record);
    if (stored === undefined && height < firstBlock - 1n) return undefined; // A restored chain begins later.
    if (stored === undefined) throw damaged(record, "is missing");
    return readInfo(stored);
  }

  heightOf(blockHash: HeaderHash): bigint | undefined {
    const stored = this.#records.get(byHash(blockHash));
    const height = stored === undefined ? undefined : readU64be(stored);
    return height === undefined || !this.#isKept(height) ? undefined : height;
  }

  #isKept(height: bigint): boolean {
    const { head, firstBlock } = this.#bounds();
    return height >= firstBlock && height <= head;
  }
}

/** @throws StorageFault for a height above the head or below what is kept */
export function within(height: bigint, floor: bigint, head: bigint): void {
  if (height > head)
    throw new StorageFault("storage.unknown_height", `height ${height} is not there yet; the last one is ${head}`);
  if (height < floor)
    throw new StorageFault("storage.pruned", `height ${height} is pruned; the lowest one kept is ${floor}`);
}
