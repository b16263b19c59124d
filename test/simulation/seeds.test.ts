import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate, type Mode } from "#test/simulation/run.js";

const HEIGHTS = 20n;
const KINDS = [
  "clogs",
  "crashes",
  "crashes amid writes",
  "one-way cuts",
  "packets doubled",
  "packets lost",
  "packets overtaking",
  "partitions",
  "pauses",
  "resets",
  "skews",
  "unsynced writes kept",
  "unsynced writes lost",
  "unsynced writes torn",
];

/** Of the seeds whose operators move stake; convictions, one a validator at most, are among them. */
const SET_CHANGES = "changes of the set";

/** The sum of what was inflicted; whatever is broken names the line that replays it. */
async function runAll(mode: Mode, first: bigint, last: bigint): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (let seed = first; seed <= last; seed++) {
    const { problem, faults, heights, about, setChanges } = await simulate(seed, { mode, heights: HEIGHTS });
    const replay = `npm run simulate -- --seeds ${seed} --heights ${HEIGHTS} --mode ${mode} --trace`;
    assert.equal(problem, undefined, `${problem}\nreplay: ${replay}`);
    assert.ok(heights >= HEIGHTS, replay);
    for (const [kind, count] of Object.entries(faults)) sums[kind] = (sums[kind] ?? 0) + count;
    if (about.includes("moving stakes")) sums[SET_CHANGES] = (sums[SET_CHANGES] ?? 0) + setChanges;
  }
  return sums;
}

test("under all faults, with dishonest validators and without, nothing that was promised breaks", async () => {
  const faults = await runAll("safety", 1n, 6n);
  for (const kind of KINDS) assert.ok((faults[kind] ?? 0) > 0, `no ${kind}: ${JSON.stringify(faults)}`);
  assert.ok(faults[SET_CHANGES]! >= 5, JSON.stringify(faults));
});

test("a core above two thirds goes on while all else stays broken, and then everybody does", async () => {
  const faults = await runAll("liveness", 1n, 6n);
  assert.ok(faults[SET_CHANGES]! >= 10, JSON.stringify(faults));
});

/** Each of them broke a promise once. */
const KEPT = [
  151n, // Gossip that a machine could not judge, since its power went, ended the process.
  160n, // The end of a fetch woke a machine without power.
  230n, // Votes of before a conviction were judged by the set after it.
  306n, // A validator kept its own remote signer out, for the chain held a vote that came after the signer had dialled in.
  579n, // Power went everywhere between a height on the disks and the word about it, but for a dishonest machine.
  1384n, // A machine could not judge a transaction over a flipped bit of its database.
  439n, // At the end of the run only a machine whose disk was damaged had committed the last height.
];

test("seeds that failed once do so no more", async () => {
  for (const seed of KEPT) {
    assert.equal((await simulate(seed, { heights: HEIGHTS })).problem, undefined, `seed ${seed}`);
  }
});

test("the same seed is the same run, dishonest validators included", async () => {
  const once = await simulate(147n, { heights: 4n });
  assert.match(once.about, /amnesiac/);
  assert.deepEqual(await simulate(147n, { heights: 4n }), once);
});

test("the digest of a run does not depend on where its source stands: it has no stack in it", async () => {
  const limit = Error.stackTraceLimit;
  const digests: string[] = [];
  for (const frames of [0, 10]) {
    Error.stackTraceLimit = frames;
    const { digest, faults } = await simulate(1n, { heights: 1n }); // Its disk is damaged: a node stops over it.
    digests.push(digest);
    assert.ok(faults["stops over a disk"]! > 0);
  }
  Error.stackTraceLimit = limit;
  assert.equal(digests[0], digests[1]);
});
