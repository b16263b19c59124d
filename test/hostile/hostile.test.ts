import assert from "node:assert/strict";
import { setMaxListeners } from "node:events";
import { test } from "node:test";
import { seeded } from "../simulation/random.js";
import { honestBans, HostileNet } from "./net.js";
import { adversaries } from "./table.js";

/** What takes a few seconds; all of them: npm run hostile. */
const SLICE = ["yamux-bad-frame", "upgrade-reset", "rest-verbatim", "hollow-batches", "unfinished-bodies"];
const MS = 4_000;

test("a net of four outlives the quickest adversaries, all at once, and bans no honest peer", async () => {
  const { onLogLine, bans, knows } = honestBans();
  const net = await HostileNet.open({ ports: undefined, accounts: 0, onLogLine });
  knows(net);
  try {
    const signal = AbortSignal.timeout(MS);
    setMaxListeners(0, signal);
    const random = seeded(1n);
    const strike = net.strike.bind(net);
    const accounts = { first: 0, count: 0 };
    const problems = await Promise.all(
      adversaries
        .filter(({ name }) => SLICE.includes(name))
        .map(async ({ name, run }) => {
          const problem = await run({ net: net.view, random: random.fork(), ms: MS, signal, accounts, strike });
          return problem === undefined ? [] : [`${name}: ${problem}`];
        }),
    );
    assert.deepEqual(net.dead(), []);
    assert.deepEqual(problems.flat(), []);
    assert.equal(await net.recovered(30_000), undefined);
    assert.deepEqual(bans, []);
  } finally {
    await net.stop();
  }
});
