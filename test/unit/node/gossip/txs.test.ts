import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex, type Bytes } from "#proto/bytes.js";
import { encodeTxs } from "#proto/wire/txs.js";
import { carryTxs } from "#node/gossip/txs.js";
import type { Host } from "#p2p/host.js";
import { memoryWorld, type MemoryWorld } from "../../p2p/world-memory.js";

interface Pool {
  readonly txs: string[];
  readonly judged: string[];
  open: boolean;
  submit(tx: Bytes): Promise<boolean>;
}

/** Takes every tx whose first byte is even. */
function pool(world: MemoryWorld, host: Host): Pool {
  const listeners: ((tx: Bytes) => void)[] = [];
  const self: Pool = {
    txs: [],
    judged: [],
    open: true,
    async submit(tx) {
      self.judged.push(toHex(tx.subarray(0, 2)));
      await new Promise<void>((resolve) => world.clock.after(5, resolve));
      if (tx[0]! % 2 !== 0) return false;
      self.txs.push(toHex(tx.subarray(0, 2)));
      for (const listener of listeners) listener(tx);
      return true;
    },
  };
  carryTxs({
    clock: world.clock,
    host,
    pool: {
      isOpen: () => self.open,
      has: (tx) => self.txs.includes(toHex(tx.subarray(0, 2))),
      admit: (tx) => self.submit(tx),
      onAdmit: (listener) => void listeners.push(listener),
    },
  });
  return self;
}

async function line(world: MemoryWorld): Promise<{ hosts: Host[]; pools: Pool[] }> {
  const hosts = await world.hosts([[], [0], [1], [2]]);
  const pools = hosts.map((host) => pool(world, host));
  await world.until("links", () => hosts.every((host, i) => host.peers().length === (i === 0 || i === 3 ? 1 : 2)));
  return { hosts, pools };
}

test("a tx crosses a line of four and is judged once by each", async () => {
  const world = memoryWorld(1n);
  const { pools } = await line(world);
  for (let i = 0; i < 100; i++) await world.settle(pools[i % 4]!.submit(Uint8Array.of(2 * (i % 100), i)));
  await world.pass(1_000);
  for (const { txs, judged } of pools) {
    assert.equal(txs.length, 100);
    assert.equal(new Set(judged).size, judged.length);
  }
});

test("what comes together travels together", async () => {
  const lines: string[] = [];
  const world = memoryWorld(2n, { trace: (text) => lines.push(text) });
  const { pools } = await line(world);
  await world.settle(Promise.all(Array.from({ length: 130 }, (_, i) => pools[0]!.submit(Uint8Array.of(2, i)))));
  await world.pass(1_000);
  assert.ok(pools.every(({ txs }) => txs.length === 130));
  assert.equal(lines.filter((text) => text.includes(" txs ")).length, 9, "three messages over three links");
});

test("a refused tx is not relayed and costs no peer points; garbage costs its sender points", async () => {
  const world = memoryWorld(3n);
  const { hosts, pools } = await line(world);
  hosts[0]!.publish("txs", encodeTxs([Uint8Array.of(1, 1)]));
  await world.pass(500);
  assert.deepEqual(
    pools.map(({ judged }) => judged.length),
    [0, 1, 0, 0],
  );
  assert.equal(hosts[1]!.peerInfo()[0]!.score, 100);
  hosts[0]!.publish("txs", Uint8Array.of(255, 1));
  await world.pass(100);
  assert.ok(hosts[1]!.peerInfo()[0]!.score < 90);
});

test("a node that catches up takes nothing", async () => {
  const world = memoryWorld(4n);
  const { pools } = await line(world);
  pools[1]!.open = false;
  await world.settle(pools[0]!.submit(Uint8Array.of(2, 2)));
  await world.pass(500);
  assert.deepEqual(
    pools.map(({ txs }) => txs.length),
    [1, 0, 0, 0],
  );
});
