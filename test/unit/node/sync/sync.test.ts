import assert from "node:assert/strict";
import { test } from "node:test";
import type { Bytes } from "#proto/bytes.js";
import { u64be } from "#proto/bytes.js";
import { sha256 } from "#proto/crypto/hash.js";
import { encodeBlocksAnswer, type BlocksQuestion } from "#proto/wire/blocks.js";
import { encodeStatus } from "#proto/wire/status.js";
import { memoryWorld } from "../../p2p/world-memory.js";
import { blockOf, caughtUp, liar, node, star, windowOf } from "./sync-world.js";

test("a new node fetches from several peers and then lets consensus begin", async () => {
  const world = memoryWorld(1n, {
    faults: { delayMs: [5, 40], lossPercent: 2, duplicatePercent: 2, reorderPercent: 10 },
  });
  const [host, ...others] = await world.hosts(star(3));
  const fresh = node(world, host!, 0n);
  for (const other of others) node(world, other, 200n).sync.start();
  fresh.sync.start();
  assert.equal(fresh.sync.syncing, true);
  assert.equal(fresh.sync.isCurrent, false);
  await caughtUp(world, fresh, 200n);
  assert.deepEqual(fresh.chain.blocks[199], blockOf(200n));
  assert.deepEqual(fresh.log, ["resume"]);
  assert.equal(fresh.sync.syncing, false);
});

test("blocks larger than an answer come in windows", async () => {
  const world = memoryWorld(2n);
  const [a, b] = await world.hosts(star(1));
  const fresh = node(world, a!, 0n);
  node(world, b!, 3n, 2_500_000).sync.start();
  fresh.sync.start();
  await caughtUp(world, fresh, 3n);
  assert.deepEqual(
    fresh.chain.blocks,
    [1n, 2n, 3n].map((height) => blockOf(height, 2_500_000)),
  );
});

test("nodes that are all at the same height do not wait for a block that no node has", async () => {
  const world = memoryWorld(3n);
  const hosts = await world.hosts([[], [0], [0, 1], [0, 1, 2]]);
  const nodes = hosts.map((host) => node(world, host, 7n));
  for (const { sync } of nodes) sync.start();
  await world.until("all resumed", () => nodes.every(({ log }) => log.length === 1), 2_000);
});

test("a node whose power suffices begins at once, another one waits for peers a little", async () => {
  const world = memoryWorld(4n);
  const [a, b] = await world.hosts([[], []]);
  const alone = node(world, a!, 0n, 100, true);
  const patient = node(world, b!, 0n);
  alone.sync.start();
  patient.sync.start();
  await world.pass(100);
  assert.deepEqual([alone.log, patient.log], [["resume"], []]);
  await world.pass(3_500);
  assert.deepEqual(patient.log, ["resume"]);
});

const lies: Record<string, (question: BlocksQuestion) => Bytes | undefined | "never"> = {
  "wrong blocks": ({ from }) =>
    encodeBlocksAnswer([windowOf(from, { ...blockOf(from), certificate: sha256(u64be(from)) })]),
  "blocks of another height": ({ from }) => encodeBlocksAnswer([windowOf(from + 1n, blockOf(from + 1n))]),
  "more blocks than asked for": ({ from, count }) =>
    encodeBlocksAnswer(
      Array.from({ length: Math.min(count + 1, 16) }, (_, i) => windowOf(from + BigInt(i), blockOf(from + BigInt(i)))),
    ),
  garbage: () => Uint8Array.of(1, 2, 3),
  "an empty answer": () => encodeBlocksAnswer([]),
  "windows of one byte": ({ from, offset }) =>
    encodeBlocksAnswer([
      { ...windowOf(from, blockOf(from)), total: 4 * 1024 * 1024, offset, bytes: Uint8Array.of(offset % 256) },
    ]),
  "a block that says to be 1 GB": ({ from }) =>
    encodeBlocksAnswer([{ ...windowOf(from, blockOf(from)), total: 2 ** 30 }]),
};
for (const [what, answer] of Object.entries(lies)) {
  test(`a peer that sends ${what} is banned, and the others finish the work`, async () => {
    const world = memoryWorld(5n);
    const [host, honest, lying] = await world.hosts(star(2));
    const fresh = node(world, host!, 0n);
    liar(lying!, { base: 1n, height: what.startsWith("more") ? 5n : 33n }, answer);
    fresh.sync.start();
    await world.until("two links", () => host!.peers().length === 2);
    await world.until("banned", () => host!.peers().length === 1, 20_000);
    node(world, honest!, 33n).sync.start();
    await caughtUp(world, fresh, 33n);
    await world.pass(30_000);
    assert.deepEqual(host!.peers(), [honest!.id]);
    assert.deepEqual(
      fresh.chain.blocks,
      Array.from({ length: 33 }, (_, i) => blockOf(BigInt(i + 1))),
    );
  });
}

test("a peer that claims the largest height and has nothing delays no node", async () => {
  const world = memoryWorld(6n);
  const [host, honest, lying] = await world.hosts(star(2));
  const fresh = node(world, host!, 0n);
  node(world, honest!, 50n).sync.start();
  liar(lying!, { base: 1n, height: 2n ** 64n - 1n }, () => undefined);
  fresh.sync.start();
  await caughtUp(world, fresh, 50n, 10_000);
  await world.pass(120_000);
  assert.deepEqual(fresh.log, ["resume"], "consensus does not stop for a claim");
});

test("a peer that never answers is replaced", async () => {
  const world = memoryWorld(7n);
  const [host, lying, honest] = await world.hosts(star(2));
  const fresh = node(world, host!, 0n);
  liar(lying!, { base: 1n, height: 100n }, () => "never");
  node(world, honest!, 100n).sync.start();
  fresh.sync.start();
  await caughtUp(world, fresh, 100n, 45_000);
});

test("a peer that takes back what it claimed is banned", async () => {
  const world = memoryWorld(8n);
  const [host, lying] = await world.hosts(star(1));
  const fresh = node(world, host!, 5n);
  fresh.sync.start();
  liar(lying!, { base: 1n, height: 5n }, () => undefined);
  await world.until("a link", () => host!.peers().length === 1);
  const says = (height: bigint): boolean => lying!.send(host!.id, "status", encodeStatus({ base: 1n, height }));
  for (const height of [4n, 3n, 4n, 5n]) says(height);
  await world.pass(15_000);
  for (const height of [4n, 3n]) says(height);
  await world.pass(9_000);
  assert.equal(host!.peers().length, 1, "late and out of order is not taken back");
  says(4n);
  await world.pass(2_000);
  says(4n);
  await world.until("banned", () => host!.peers().length === 0);
});

test("while consensus has no signer, sync alone follows the chain; then consensus begins", async () => {
  const world = memoryWorld(3n, {
    faults: { delayMs: [5, 40], lossPercent: 0, duplicatePercent: 0, reorderPercent: 0 },
  });
  const [host, other] = await world.hosts(star(1));
  const fresh = node(world, host!, 0n);
  const peer = node(world, other!, 20n);
  fresh.ready.consensus = false;
  peer.sync.start();
  fresh.sync.start();
  await world.until("the tip", () => fresh.chain.height() === 20n, 60_000);
  peer.chain.grow(25n);
  peer.sync.committed();
  await world.until("what came later", () => fresh.chain.height() === 25n, 60_000);
  assert.deepEqual([fresh.sync.syncing, fresh.log], [true, []]);
  fresh.ready.consensus = true;
  await caughtUp(world, fresh, 25n);
  assert.equal(fresh.sync.syncing, false);
});

test("a node that falls behind stops consensus, fetches, and goes on", async () => {
  const world = memoryWorld(9n);
  const [host, other] = await world.hosts(star(1));
  const late = node(world, host!, 10n);
  const ahead = node(world, other!, 10n);
  late.sync.start();
  ahead.sync.start();
  await caughtUp(world, late, 10n);
  ahead.chain.grow(60n);
  ahead.sync.committed();
  await world.pass(1_000);
  assert.deepEqual(late.log, ["resume"], "a moment behind is not behind");
  await caughtUp(world, late, 60n);
  assert.deepEqual(late.log, ["resume", "pause", "resume"]);
});

for (const [behind, isCurrent] of [
  [1n, true],
  [3n, true],
  [4n, false],
  [50n, false],
] as const) {
  test(`while it fetches ${behind} heights, clients are ${isCurrent ? "served" : "told that it catches up"}`, async () => {
    const world = memoryWorld(11n);
    const [host, other] = await world.hosts(star(1));
    const late = node(world, host!, 9n);
    const ahead = node(world, other!, 10n);
    late.sync.start();
    assert.equal(late.sync.isCurrent, false, "not before consensus has begun");
    ahead.sync.start();
    await caughtUp(world, late, 10n);
    ahead.chain.grow(10n + behind);
    ahead.sync.committed();
    const seen: boolean[] = [];
    await world.until("the end", () => {
      if (late.sync.syncing && late.chain.height() === 10n) seen.push(late.sync.isCurrent);
      return late.chain.height() === 10n + behind;
    });
    assert.ok(seen.length > 0 && seen.every((each) => each === isCurrent), String(seen));
    await caughtUp(world, late, 10n + behind);
    assert.equal(late.sync.isCurrent, true);
    late.sync.stop();
    assert.equal(late.sync.isCurrent, false);
  });
}

test("who has delivered nothing cannot make a node turn its clients away", async () => {
  const world = memoryWorld(12n);
  const [host, honest, lying] = await world.hosts(star(2));
  const fresh = node(world, host!, 0n);
  const peer = node(world, honest!, 50n);
  peer.sync.start();
  liar(lying!, { base: 1n, height: 2n ** 64n - 1n }, () => undefined);
  fresh.sync.start();
  await caughtUp(world, fresh, 50n, 10_000);
  peer.chain.grow(51n);
  peer.sync.committed();
  let turnedAway = 0;
  await world.until(
    "the next height",
    () => {
      if (!fresh.sync.isCurrent) turnedAway++;
      return fresh.chain.height() === 51n;
    },
    20_000,
  );
  assert.equal(turnedAway, 0);
});

test("consensus that keeps up with its peers is left alone", async () => {
  const world = memoryWorld(10n);
  const [host, other] = await world.hosts(star(1));
  const follower = node(world, host!, 1n);
  const leader = node(world, other!, 1n);
  follower.sync.start();
  leader.sync.start();
  for (let height = 2n; height < 30n; height++) {
    leader.chain.grow(height);
    leader.sync.committed();
    await world.pass(700);
    follower.chain.grow(height);
    follower.sync.committed();
    await world.pass(300);
  }
  assert.deepEqual(follower.log, ["resume"]);
});
