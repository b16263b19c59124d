import assert from "node:assert/strict";
import { test } from "node:test";
import { BLOCKS_WINDOW_BYTES, encodeBlocksAnswer } from "#proto/wire/blocks.js";
import { memoryWorld } from "../../p2p/world-memory.js";
import { blockOf, caughtUp, liar, node, windowOf } from "./sync-world.js";

const MAX = 2n ** 64n - 1n;
/** Strangers dial the first one. */
const dialling = (n: number): number[][] => [[], ...Array.from({ length: n }, () => [0])];

for (const [what, answer] of [
  ["silence", () => "never" as const],
  ["refusals", () => undefined],
] as const) {
  test(`claims of thirty strangers and their ${what} hold a start up for a bounded time`, async () => {
    const world = memoryWorld(1n, { peersMax: 50 });
    const [host, ...strangers] = await world.hosts(dialling(30));
    const fresh = node(world, host!, 7n);
    for (const stranger of strangers) liar(stranger, { base: 1n, height: MAX }, answer);
    fresh.sync.start();
    await world.until("consensus", () => fresh.log.length > 0, 10_500);
    await world.pass(120_000);
    assert.deepEqual(fresh.log, ["resume"], "no claim stops consensus again");
  });
}

test("one honest peer among thirty strangers is found", async () => {
  const world = memoryWorld(2n, { peersMax: 50 });
  const [host, ...others] = await world.hosts(dialling(31));
  const fresh = node(world, host!, 0n);
  const honest = others.splice(17, 1)[0]!;
  node(world, honest, 100n).sync.start();
  for (const stranger of others) liar(stranger, { base: 1n, height: MAX }, () => "never");
  fresh.sync.start();
  await caughtUp(world, fresh, 100n, 25_000);
});

test("a node that falls behind beside silent strangers is back within seconds", async () => {
  const world = memoryWorld(3n);
  const [host, honest, ...strangers] = await world.hosts(dialling(5));
  const late = node(world, host!, 10n);
  const ahead = node(world, honest!, 10n);
  for (const stranger of strangers) liar(stranger, { base: 1n, height: MAX }, () => "never");
  late.sync.start();
  ahead.sync.start();
  await world.until("consensus", () => late.log.length > 0, 10_500);
  await world.pass(60_000);
  ahead.chain.grow(60n);
  ahead.sync.committed();
  await caughtUp(world, late, 60n, 15_000);
});

test("a peer that claims and never answers is asked less and less, and banned in the end; one that refuses is not", async () => {
  for (const [given, peers] of [
    ["too late", 0],
    ["refused", 1],
  ] as const) {
    const world = memoryWorld(4n);
    const [host, stranger] = await world.hosts(dialling(1));
    const fresh = node(world, host!, 5n);
    let asked = 0;
    liar(stranger!, { base: 1n, height: MAX }, () => {
      asked++;
      if (given === "refused") return undefined;
      return new Promise((resolve) => world.clock.after(20_000, () => resolve(new Uint8Array(0))));
    });
    fresh.sync.start();
    await world.pass(600_000);
    assert.equal(host!.peers().length, peers);
    assert.ok(asked > 3 && asked < 18, `asked ${asked} times`);
    assert.deepEqual(fresh.log, ["resume"]);
  }
});

test("a peer with one true block, and silence behind it, stops consensus for a moment only", async () => {
  const world = memoryWorld(6n);
  const [host, stranger] = await world.hosts(dialling(1));
  const late = node(world, host!, 10n);
  liar(stranger!, { base: 1n, height: MAX }, ({ from }) =>
    from === 11n ? encodeBlocksAnswer([windowOf(11n, blockOf(11n))]) : "never",
  );
  late.sync.start();
  await world.until("the block", () => late.chain.height() === 11n, 20_000);
  await world.until("consensus", () => late.log.at(-1) === "resume", 3_000);
  await world.pass(120_000);
  assert.equal(late.log.at(-1), "resume");
  assert.ok(late.log.length <= 3, late.log.join(" "));
});

test("a block has a deadline, and a slower peer is replaced", async () => {
  const total = 2.5 * BLOCKS_WINDOW_BYTES;
  const first = blockOf(1n, total);
  const world = memoryWorld(5n);
  const [host, slow, honest] = await world.hosts(dialling(2));
  const fresh = node(world, host!, 0n);
  let windows = 0;
  const slowly = ({ offset }: { offset: number }) =>
    new Promise<Uint8Array>((resolve) =>
      world.clock.after(9_900, () => {
        windows++;
        const bytes = first.block.subarray(offset, offset + BLOCKS_WINDOW_BYTES);
        resolve(encodeBlocksAnswer([{ ...windowOf(1n, first), offset, bytes }]));
      }),
    );
  liar(slow!, { base: 1n, height: 3n }, slowly);
  fresh.sync.start();
  await world.until("consensus", () => fresh.log.length > 0, 10_500);
  await world.pass(120_000);
  assert.equal(fresh.chain.height(), 0n);
  assert.ok(windows > 0 && windows < 20, `${windows} windows`);
  node(world, honest!, 3n, total).sync.start();
  await caughtUp(world, fresh, 3n, 20_000);
});
