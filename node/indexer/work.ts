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
  async function entries(height: bigint): Promise<Iterable<Write>> {
    const [txs, results] = [await source.txs(height), await source.results(height)];
    return txs === undefined || results === undefined ? [] : entriesOf(height, txs, results);
  }

  return {
    async add(height) {
      const made = await entries(height);
      let count = 0;
      // One by one into the batch: those of a full block take megabytes.
      function* all(): Generator<Write> {
        for (const write of made) {
          count++;
          yield write;
        }
        count++;
        yield [cursorKey, cursorValue(height)];
      }
      await db.write(all(), UNSYNCED);
      return count;
    },
    async remove(height) {
      const made = await entries(height);
      function* all(): Generator<Write> {
        for (const [key] of made) yield [key, undefined];
      }
      await db.write(all(), UNSYNCED);
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
