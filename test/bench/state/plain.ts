import { openLevel } from "#node/storage/database/level.js";
import { useNatives } from "#node/runtime/natives.js";
import { prefill, roundWrites, VALUE_BYTES } from "./content.js";

/**
 * The floor, in a process of its own: the same flat values in one plain synced batch, without tree, history or checksums.
 * Says "ready", then answers the number of a round with the milliseconds of its batch, until the channel closes.
 */
const BATCH = 20_000;

useNatives();
const [directory = "", keysText] = process.argv.slice(2);
const keys = Number(keysText);
const db = await openLevel(directory);
for (const writes of prefill(keys, BATCH, VALUE_BYTES)) await db.write(writes, { sync: false });
process.on("message", (round: number) => void answer(round));
process.once("disconnect", () => void db.close());
process.send!("ready");

async function answer(round: number): Promise<void> {
  const writes = roundWrites(round, keys);
  const begin = performance.now();
  await db.write(writes, { sync: true });
  process.send!(performance.now() - begin);
}
