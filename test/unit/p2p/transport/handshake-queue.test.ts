import assert from "node:assert/strict";
import { test } from "node:test";
import { createHandshakeQueue } from "#p2p/transport/handshake-queue.js";
import { virtualClock } from "#test/simulation/clock.js";

test("handshakes that come at once begin one after the other, and each host has its turn", async () => {
  const clock = virtualClock();
  const { turn } = createHandshakeQueue(clock, 40);
  const begun: string[] = [];
  const gone = new Set<string>();
  const join = (name: string, host: string): void =>
    void turn(host, () => !gone.has(name)).then(() => begun.push(name));
  for (let i = 0; i < 20; i++) join(`crowd ${i}`, "crowd");
  join("newcomer", "other");
  await clock.run(1);
  assert.deepEqual(begun, ["crowd 0"]);
  await clock.run(80);
  assert.deepEqual(begun, ["crowd 0", "newcomer", "crowd 1"], "a crowd delays its own");
  for (let i = 2; i < 20; i++) gone.add(`crowd ${i}`);
  join("late", "crowd");
  await clock.run(120);
  assert.equal(begun.at(3), "late", "those that are gone take no turn");
  assert.equal(begun.length, 22, "and nobody waits for ever");
  await clock.run(1_000);
  join("first again", "crowd");
  await clock.run(1_001);
  assert.equal(begun.at(-1), "first again", "who comes alone does not wait");
});
