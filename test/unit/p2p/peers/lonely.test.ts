import assert from "node:assert/strict";
import { test } from "node:test";
import { watchCompany } from "#p2p/peers/lonely.js";
import { virtualClock } from "#test/simulation/clock.js";

function world() {
  const clock = virtualClock();
  const said: string[] = [];
  const say = (level: string) => (message: string) => void said.push(`${level} ${message.split(":")[0]}`);
  const log = { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
  const now = { peers: 0, alone: false };
  const watch = watchCompany(clock, log, {
    peers: () => now.peers,
    sufficesAlone: () => now.alone,
    height: () => 7n,
  });
  const pass = (ms: number): Promise<unknown> => clock.run(clock.monotonicMs() + ms);
  return { said, now, pass, watch };
}

test("a node without peers says so, rarely, and says when that is over", async () => {
  const { said, now, pass, watch } = world();
  await pass(9_000);
  assert.deepEqual(said, [], "a peer that restarts is back sooner");
  await pass(60_000);
  assert.deepEqual(said, ["warn no peers"]);
  await pass(600_000);
  assert.deepEqual(said, ["warn no peers", "warn no peers", "warn no peers"]);
  now.peers = 1;
  await pass(10_000);
  assert.deepEqual(said.slice(3), ["info peers are there again"]);
  watch.cancel();
  now.peers = 0;
  await pass(600_000);
  assert.equal(said.length, 4);
});

test("a validator that decides alone misses no peers", async () => {
  const { said, now, pass } = world();
  now.alone = true;
  await pass(600_000);
  assert.deepEqual(said, []);
});
