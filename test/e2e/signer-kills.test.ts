import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { seeded } from "#test/simulation/random.js";
import { SignedChain } from "./signed-chain.js";

const kills = Number(process.env["TRIBUTARY_KILLS"] ?? 2);
const seed = BigInt(process.env["TRIBUTARY_SEED"] ?? 1);
/** Starts of two processes on a busy machine, and a round that has lost its proposal. */
const PROGRESS_MS_MAX = 180_000;

/** Who dies, in which order, and who comes back first. The signer of a living node dies most often: that is its promise. */
const FATES = [
  { dies: ["signer"], returns: ["signer"] },
  { dies: ["signer"], returns: ["signer"] },
  { dies: ["node"], returns: ["node"] },
  { dies: ["signer", "node"], returns: ["node", "signer"] },
  { dies: ["node", "signer"], returns: ["signer", "node"] },
  { dies: ["node", "signer"], returns: ["node", "signer"] },
] as const;

for (const { transport, count } of [
  { transport: "unix", count: kills },
  { transport: "tcp", count: Math.ceil(kills / 10) },
] as const) {
  test(
    `${transport}: kill -9 of signer and node ${count} times: every start goes on, nothing is signed twice`,
    {
      timeout: 60_000 + count * PROGRESS_MS_MAX,
    },
    async (t) => {
      const random = seeded(seed);
      const chain = await SignedChain.create(transport);
      t.after(() => chain.stop());
      chain.start("signer"); // Before its node: it waits.
      chain.start("node");
      let seen = await chain.reach(2, PROGRESS_MS_MAX);
      let killed = 0;
      while (killed < count) {
        const { dies, returns } = FATES[random.below(FATES.length)]!;
        await sleep(random.below(300)); // Anywhere in a height.
        for (const what of dies.slice(0, count - killed)) {
          assert.ok(chain.isRunning(what), `the ${what} died by itself\n${chain.log}`);
          await chain.kill(what);
          killed++;
          await sleep(random.below(80));
        }
        for (const what of returns) {
          if (chain.isRunning(what)) continue;
          chain.start(what);
          await sleep(random.below(200));
        }
        seen = await chain.reach(seen + 1, PROGRESS_MS_MAX);
        assert.deepEqual(chain.journal.contradictions, []);
      }
      await chain.kill("signer"); // Its last record joins the journal.
      await chain.noteBlocks();
      assert.deepEqual(chain.journal.contradictions, []);
      const height = await chain.height();
      // Over a Unix socket every word passes the journal: proposal, prevote and precommit of each height at least.
      if (transport === "unix") assert.ok(chain.journal.size >= 3 * height, `${chain.journal.size} at ${height}`);
      t.diagnostic(`${killed} kills, ${height} heights, ${chain.journal.size} places signed`);
    },
  );
}
