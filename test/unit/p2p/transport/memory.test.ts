import assert from "node:assert/strict";
import { test } from "node:test";
import { SILENCE_MS_MAX, type Faults } from "#p2p/transport/memory/paths.js";
import { compliance } from "../compliance.js";
import { memoryWorld } from "../world-memory.js";

compliance("memory", () => Promise.resolve(memoryWorld(1n)));

const harsh: Faults = { delayMs: [1, 80], lossPercent: 20, duplicatePercent: 10, reorderPercent: 30 };

async function traffic(seed: bigint): Promise<{ lines: string[]; heard: string[] }> {
  const lines: string[] = [];
  const heard: string[] = [];
  const world = memoryWorld(seed, { faults: harsh, trace: (line) => lines.push(line) });
  const hosts = await world.hosts([[], [0], [0, 1], [0, 1, 2]]);
  for (const host of hosts) {
    host.onFrame("consensus", (peer, frame) => {
      heard.push(`${world.clock.monotonicMs()} ${host.id} ${peer} ${frame[0]}`);
      if (frame[0]! < 5) host.broadcast("consensus", Uint8Array.of(frame[0]! + 1), peer);
    });
    host.subscribe("txs", () => "accept");
    host.serve("blocks", (_peer, question) => Promise.resolve(question));
  }
  await world.pass(2_000);
  for (let i = 0; i < 5; i++) {
    hosts[i % 4]!.broadcast("consensus", Uint8Array.of(i % 3));
    hosts[(i + 1) % 4]!.publish("txs", Uint8Array.of(i));
    for (const peer of hosts[0]!.peers()) {
      hosts[0]!.request(peer, "blocks", Uint8Array.of(i), 500).catch(() => undefined);
    }
    await world.pass(100);
  }
  await world.pass(10_000);
  await world.stop();
  return { lines, heard };
}

test("the same seed delivers the same packets at the same times, another seed does not", async () => {
  const first = await traffic(7n);
  assert.ok(first.lines.length > 100);
  assert.deepEqual(await traffic(7n), first);
  assert.notDeepEqual((await traffic(8n)).lines, first.lines);
});

test("loss, doubling and overtaking happen as asked, and only then", async () => {
  const world = memoryWorld(3n, {
    faults: { delayMs: [1, 50], lossPercent: 0, duplicatePercent: 0, reorderPercent: 0 },
  });
  const [a, b] = await world.hosts([[], [0]]);
  const heard: number[] = [];
  b!.onFrame("consensus", (_peer, frame) => heard.push(frame[0]!));
  await world.until("a link", () => a!.peers().length === 1);
  const sendAll = async (): Promise<number[]> => {
    heard.length = 0;
    for (let i = 0; i < 100; i++) a!.send(b!.id, "consensus", Uint8Array.of(i));
    await world.pass(1_000);
    return [...heard];
  };
  const all = Array.from({ length: 100 }, (_, i) => i);
  assert.deepEqual(await sendAll(), all);
  world.network.setFaults({ delayMs: [1, 50], lossPercent: 0, duplicatePercent: 0, reorderPercent: 50 });
  const shuffled = await sendAll();
  assert.notDeepEqual(shuffled, all);
  assert.deepEqual(
    [...shuffled].sort((x, y) => x - y),
    all,
  );
  world.network.setFaults({ delayMs: [1, 50], lossPercent: 30, duplicatePercent: 0, reorderPercent: 0 });
  const some = await sendAll();
  assert.ok(some.length > 50 && some.length < 90, `${some.length}`);
  world.network.setFaults({ delayMs: [1, 50], lossPercent: 0, duplicatePercent: 30, reorderPercent: 0 });
  assert.ok((await sendAll()).length > 110);
  await world.stop();
});

test("a cut has one direction, is silent at first, and breaks the link in the end", async () => {
  const world = memoryWorld(4n);
  const [a, b] = await world.hosts([[], [0]]);
  const heard: string[] = [];
  for (const host of [a!, b!]) host.onFrame("consensus", (_peer, frame) => heard.push(`${host.id} ${frame[0]}`));
  await world.until("a link", () => a!.peers().length === 1);
  world.network.cut(a!.id, b!.id);
  assert.ok(a!.send(b!.id, "consensus", Uint8Array.of(1)));
  assert.ok(b!.send(a!.id, "consensus", Uint8Array.of(2)));
  await world.pass(1_000);
  assert.deepEqual(heard, ["host0 2"]);
  assert.equal(a!.peers().length, 1);
  await world.pass(SILENCE_MS_MAX);
  assert.equal(a!.peers().length + b!.peers().length, 0);
  world.network.heal(a!.id, b!.id);
  await world.until("back", () => a!.peers().length === 1 && b!.peers().length === 1, 60_000);
  world.network.partition([[a!.id], [b!.id]]);
  await world.pass(SILENCE_MS_MAX + 1);
  assert.equal(a!.peers().length, 0);
  world.network.healAll();
  await world.until("back again", () => a!.peers().length === 1, 60_000);
  await world.stop();
});

test("a clogged direction delivers everything afterwards, in order", async () => {
  const world = memoryWorld(5n);
  const [a, b] = await world.hosts([[], [0]]);
  const heard: number[] = [];
  b!.onFrame("consensus", (_peer, frame) => heard.push(frame[0]!));
  await world.until("a link", () => a!.peers().length === 1);
  world.network.clog(a!.id, b!.id, 3_000);
  for (let i = 0; i < 5; i++) a!.send(b!.id, "consensus", Uint8Array.of(i));
  await world.pass(2_900);
  assert.deepEqual(heard, []);
  await world.pass(200);
  assert.deepEqual(heard, [0, 1, 2, 3, 4]);
  await world.stop();
});
