import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex, type Bytes } from "#proto/bytes.js";
import { evidenceErrors } from "#proto/evidence/errors.js";
import { reject, type Rejection } from "#proto/rejection.js";
import { carryEvidence, type EvidenceGossip } from "#node/evidence/gossip.js";
import { poolErrors } from "#node/evidence/pool.js";
import type { Host } from "#p2p/host.js";
import { memoryWorld, type MemoryWorld } from "../../p2p/world-memory.js";

interface Side {
  readonly taken: string[];
  readonly judged: string[];
  readonly gossip: EvidenceGossip;
  readonly answers: Map<string, Rejection>;
  open: boolean;
  submit(bytes: Bytes): Promise<Rejection | undefined>;
  commit(bytes: Bytes): void;
}

/** Takes what has no answer of its own; judging takes 5 ms. */
function side(world: MemoryWorld, host: Host): Side {
  const pending = new Map<string, Bytes>();
  const listeners: ((bytes: Bytes) => void)[] = [];
  const self: Side = {
    taken: [],
    judged: [],
    answers: new Map(),
    open: true,
    async submit(bytes) {
      const key = toHex(bytes);
      self.judged.push(key);
      await new Promise<void>((resolve) => world.clock.after(5, resolve));
      const refused = self.answers.get(key);
      if (refused !== undefined) return refused;
      if (pending.has(key)) return reject(poolErrors.known);
      pending.set(key, bytes);
      self.taken.push(key);
      for (const listener of listeners) listener(bytes);
      return undefined;
    },
    commit: (bytes) => void pending.delete(toHex(bytes)),
    gossip: carryEvidence({
      clock: world.clock,
      host,
      pool: {
        isOpen: () => self.open,
        has: (bytes) => pending.has(toHex(bytes)),
        pending: () => [...pending.values()],
        submit: (bytes) => self.submit(bytes),
        onAdded: (listener) => void listeners.push(listener),
      },
    }),
  };
  self.gossip.start();
  return self;
}

async function line(world: MemoryWorld, links: number[][]): Promise<{ hosts: Host[]; sides: Side[] }> {
  const hosts = await world.hosts(links);
  const sides = hosts.map((host) => side(world, host));
  await world.until("links", () => hosts.every((host) => host.peers().length > 0));
  return { hosts, sides };
}

const PIECE = Uint8Array.of(1, 2, 3);

test("a piece crosses a line of four and is judged once by each", async () => {
  const world = memoryWorld(1n);
  const { sides } = await line(world, [[], [0], [1], [2]]);
  await world.settle(sides[0]!.submit(PIECE));
  await world.pass(1_000);
  for (const { taken, judged } of sides) assert.deepEqual([taken.length, judged.length], [1, 1]);
  await world.stop();
});

test("peers that link later or were catching up get pending evidence, and no peer gets evidence of a block", async () => {
  const world = memoryWorld(2n);
  const { sides } = await line(world, [[], [0], [1]]);
  sides[1]!.open = false;
  await world.settle(sides[0]!.submit(PIECE));
  await world.pass(1_000);
  assert.deepEqual(sides[1]!.judged, []);
  sides[1]!.open = true;
  await world.pass(6_000);
  assert.equal(sides[1]!.taken.length, 1);
  assert.equal(sides[2]!.taken.length, 1);
  for (const { commit } of sides) commit(PIECE);
  for (const { judged } of sides) judged.length = 0;
  await world.pass(20_000);
  for (const { judged } of sides) assert.deepEqual(judged, []);
  await world.stop();
});

test("a piece that could not be judged yet is sent again without a penalty; one that proves nothing bans its sender", async () => {
  const world = memoryWorld(3n);
  const { hosts, sides } = await line(world, [[], [0]]);
  const key = toHex(PIECE);
  for (const harmless of [evidenceErrors.notYet, evidenceErrors.expired, evidenceErrors.punished, poolErrors.full]) {
    sides[1]!.answers.set(key, reject(harmless));
    await world.settle(sides[0]!.submit(PIECE));
    await world.pass(6_000);
    assert.equal(hosts[1]!.peerInfo()[0]?.score, 100, harmless.name);
  }
  sides[1]!.answers.set(key, reject(evidenceErrors.signature));
  await world.pass(6_000);
  assert.deepEqual(hosts[1]!.peers(), []);
  await world.stop();
});

test("pieces over a peer's rate are dropped without a penalty; ten times over it costs points", async () => {
  const world = memoryWorld(4n);
  const { hosts, sides } = await line(world, [[], [0]]);
  let sent = 0;
  const send = (count: number): void => {
    for (const end = sent + count; sent < end; sent++) {
      hosts[0]!.send(hosts[1]!.id, "evidence", Uint8Array.of(9, sent >> 8, sent & 255));
    }
  };
  send(900);
  await world.pass(50);
  assert.ok(sides[1]!.judged.length <= 80, `${sides[1]!.judged.length} judged`);
  send(900);
  await world.pass(500);
  assert.equal(hosts[1]!.peerInfo()[0]?.score, 100);
  send(9_000);
  await world.pass(500);
  assert.deepEqual(hosts[1]!.peers(), []);
  await world.stop();
});
