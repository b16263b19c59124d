import { readU64be, type Bytes } from "#proto/bytes.js";
import type { HeaderHash } from "#proto/types/block-id.js";
import { StorageFault } from "./fault.js";
import { readInfo, type Floors, type HeightInfo, type StoredHead } from "./head-record.js";
import { damaged, type Records } from "./database/records.js";
import { byHash, byHeight, single } from "./database/tables.js";
import type { BlockReader } from "./types.js";

/** Blocks and what belongs to them, by height: what the writer and a reader in another thread answer alike. */
export abstract class BlockTable implements BlockReader {
  protected readonly records: Records;

  constructor(records: Records) {
    this.records = records;
  }

  abstract get head(): StoredHead | undefined;
  abstract get initialHeight(): bigint;
  protected abstract get floors(): Floors;

  get firstBlock(): bigint {
    const { block } = this.floors;
    return block > this.initialHeight ? block : this.initialHeight;
  }

  genesis(): Bytes | undefined {
    return this.records.get(single("genesis"))?.subarray(8);
  }

  block(height: bigint): Bytes | undefined {
    return this.#ofHeight("block", height);
  }

  certificate(height: bigint): Bytes | undefined {
    return this.#ofHeight("certificate", height);
  }

  results(height: bigint): Bytes | undefined {
    return this.#ofHeight("results", height);
  }

  blockHash(height: bigint): HeaderHash | undefined {
    return this.#info(height)?.blockHash;
  }

  rootAfter(height: bigint): Bytes | undefined {
    return this.#info(height)?.root;
  }

  heightOf(blockHash: HeaderHash): bigint | undefined {
    const stored = this.records.get(byHash(blockHash));
    const height = stored === undefined ? undefined : readU64be(stored);
    return height === undefined || !this.#isKept(height) ? undefined : height;
  }

  /** -1 before genesis. */
  protected get height(): bigint {
    return this.head?.height ?? -1n;
  }

  #ofHeight(table: "block" | "certificate" | "results", height: bigint): Bytes | undefined {
    if (!this.#isKept(height)) return undefined;
    const record = byHeight(table, height);
    const stored = this.records.get(record);
    // The writer, another thread for a reader, may have pruned it meanwhile.
    if (stored === undefined && this.#isKept(height)) throw damaged(record, "is missing");
    return stored;
  }

  #info(height: bigint): HeightInfo | undefined {
    if (height > this.height || height < this.initialHeight - 1n) return undefined;
    const { firstBlock } = this; // Before the record is read: the writer may prune meanwhile.
    const record = byHeight("heightInfo", height);
    const stored = this.records.get(record);
    if (stored === undefined && height < firstBlock - 1n) return undefined; // A restored chain begins later.
    if (stored === undefined) throw damaged(record, "is missing");
    return readInfo(stored);
  }

  #isKept(height: bigint): boolean {
    return height >= this.firstBlock && height <= this.height;
  }
}

/** @throws StorageFault for a height above the head or below what is kept */
export function within(height: bigint, floor: bigint, head: bigint): void {
  if (height > head) {
    throw new StorageFault("storage.unknown_height", `height ${height} is not committed yet; the last one is ${head}`);
  }
  if (height < floor) {
    throw new StorageFault("storage.pruned", `height ${height} is pruned; the lowest one kept is ${floor}`);
  }
}
