import assert from "node:assert/strict";
import { test } from "node:test";
import { Switch } from "#p2p/switch/switch.js";
import { MemoryNetwork } from "#p2p/transport/memory/network.js";
import { memoryAddress } from "#p2p/transport/memory/transport.js";
import { virtualClock } from "#test/simulation/clock.js";
import { seeded } from "#test/simulation/random.js";
import { silent } from "../silent.js";

test("a persistent peer that cannot be dialled is one line with address and reason, not one an attempt", async () => {
  const clock = virtualClock();
  const network = new MemoryNetwork(clock, seeded(1n));
  const said: string[] = [];
  const warn = (message: string, fields?: Readonly<Record<string, unknown>>): void =>
    void said.push(`${message}: ${String(fields?.["address"])}, ${String(fields?.["reason"])}`);
  const info = (message: string): void => void said.push(message);
  const make = (id: string, persistentPeers: string[], log = silent) =>
    new Switch(
      { transport: network.transport(id), persistentPeers, peersMax: 10 },
      { clock, random: { below: () => 0 }, log },
    );
  const host = make("a", [memoryAddress("b")], { ...silent, warn, info });
  await host.start();
  await clock.run(clock.monotonicMs() + 900);
  assert.deepEqual(said, [], "nodes that start together miss each other once");
  await clock.run(clock.monotonicMs() + 300_000);
  assert.deepEqual(said, ["a persistent peer cannot be reached: /memory/b/p2p/b, b is not up"]);
  await clock.run(clock.monotonicMs() + 400_000);
  assert.equal(said.length, 2);
  await make("b", []).start();
  await clock.run(clock.monotonicMs() + 30_000);
  assert.deepEqual(said.slice(2), ["a persistent peer is reached again"]);
  await host.stop();
});
