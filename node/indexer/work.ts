import { concat, u64be } from "#proto/bytes.js";
import type { Write } from "#state/store/base.js";
import type { IndexDb, IndexSource, IndexWork } from "./deps.js";
import { entriesOf } from "./entries.js";
import { cursorKey, INDEX_FORMAT, indexRange } from "./keys.js";

const ERASED_AT_ONCE = 1_000;
const cursorValue = (height: bigint): Uint8Array => concat(Uint8Array.of(INDEX_FORMAT), u64be(height));

/** Writes are not synced: what a crash loses is indexed again from the cursor. */
const UNSYNCED = { sync: false };

export function indexWork(db: IndexDb, source: IndexSource): IndexWork {
  /** Nothing for a height whose block is not kept. */
  async function entries(height: bigint): Promise<Write[]> {
    const [txs, results] = [await source.txs(height), await source.results(height)];
    return txs === undefined || results === undefined ? [] : [...entriesOf(height, txs, results)];
  }

  return {
    async add(height) {
      const writes = await entries(height);
      writes.push([cursorKey, cursorValue(height)]);
      await db.write(writes, UNSYNCED);
      return writes.length;
    },
    async remove(height) {
      const writes = await entries(height);
      await db.write(
        writes.map(([key]): Write => [key, undefined]),
        UNSYNCED,
      );
    },
    async erase() {
      let writes: Write[] = [[cursorKey, undefined]];
      for await (const [key] of db.iterate(indexRange)) {
        writes.push([key, undefined]);
        if (writes.length < ERASED_AT_ONCE) continue;
        await db.write(writes, UNSYNCED);
        writes = [];
      }
      await db.write(writes, UNSYNCED);
    },
  };
}
