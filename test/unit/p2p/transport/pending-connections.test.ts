import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { MultiaddrConnection } from "@libp2p/interface";
import type { Bytes } from "#proto/bytes.js";
import type { Host } from "#p2p/host.js";
import { PACE_MS } from "#p2p/transport/handshake-queue.js";
import { createPendingConnections, PENDING_MAX } from "#p2p/transport/pending-connections.js";
import { peerIdOfSeed } from "#p2p/transport/identity.js";
import { stranger, type Stranger } from "#test/hostile/fuzz/p2p-client.js";
import { virtualClock } from "#test/simulation/clock.js";
import { libp2pHost, until, type HostsOptions } from "./hosts.js";

const limit = { timeout: 30_000 };
const portOf = (host: Host): number => Number(/tcp\/(\d+)/.exec(host.addresses()[0]!)![1]);

async function withHost(
  options: HostsOptions,
  body: (host: Host, later: (() => unknown)[]) => Promise<void>,
): Promise<void> {
  const host = await libp2pHost(0, options);
  const later: (() => unknown)[] = [() => host.stop()];
  try {
    await body(host, later);
  } finally {
    for (const close of later.reverse()) await close();
  }
}

test("half-open connections, more than are kept waiting, let a newcomer in and lose their own place", limit, () =>
  withHost({}, async (host, later) => {
    const sockets: Socket[] = Array.from({ length: PENDING_MAX + 30 }, () => connect(portOf(host), "127.0.0.1"));
    let closed = 0;
    for (const socket of sockets) socket.on("error", () => undefined).on("close", () => closed++);
    later.push(() => sockets.forEach((socket) => socket.destroy()));
    await until("the oldest are dropped", () => closed >= 30);
    const newcomer = await libp2pHost(1);
    later.push(() => newcomer.stop());
    await newcomer.connect(host.addresses()[0]!);
    await until("the newcomer is in, and nobody else", () => host.peers().join() === newcomer.id);
  }),
);

test("a connection that does not finish its handshake in time is dropped", limit, () =>
  withHost({ handshakeMsMax: 300 }, async (host, later) => {
    let closed = 0;
    for (const stage of ["tcp", "multistream", "noise"] as const) {
      const one = await stranger({ address: host.addresses()[0]!, stage, seed: new Uint8Array(32).fill(80) });
      later.push(() => one.cut());
      void one.closed.then(() => closed++);
    }
    await until("all are dropped", () => closed === 3);
  }),
);

test("one identity has two connections at most, and a newcomer a place", limit, () =>
  withHost({ peersMax: 3 }, async (host, later) => {
    const seed: Bytes = new Uint8Array(32).fill(77);
    const all: Stranger[] = [];
    for (let i = 0; i < 20; i++) all.push(await stranger({ address: host.addresses()[0]!, stage: "streams", seed }));
    later.push(() => all.forEach((one) => one.cut()));
    await until("the others are dropped", () => all.filter((one) => !one.isClosed()).length <= 2);
    assert.ok(all.at(-1)!.isClosed() === false, "the newest stays");
    const newcomer = await libp2pHost(1);
    later.push(() => newcomer.stop());
    await newcomer.connect(host.addresses()[0]!);
    await until("the newcomer is in", () => host.peers().includes(newcomer.id));
  }),
);

test(
  "strangers that take all places keep out neither persistent peers nor those named in the settings",
  limit,
  async () => {
    const named = await peerIdOfSeed(new Uint8Array(32).fill(6));
    await withHost({ peersMax: 2, unconditionalPeers: [named] }, async (host, later) => {
      const come = async (i: number): Promise<Host> => {
        const peer = await libp2pHost(i);
        later.push(() => peer.stop());
        await peer.connect(host.addresses()[0]!).catch(() => undefined);
        return peer;
      };
      for (const i of [1, 2, 3]) await come(i);
      assert.equal(host.peers().length, 2, "the third has no place");
      assert.equal((await come(5)).id, named);
      await until("it is in", () => host.peers().includes(named));
      assert.equal(host.peers().length, 3);
    });
  },
);

test("a peer whose connection was cut without a sign comes back at once and is not blamed", limit, () =>
  withHost({}, async (host, later) => {
    const seed = new Uint8Array(32).fill(2);
    const gone: string[] = [];
    host.onPeerGone((peer) => gone.push(peer));
    const first = await libp2pHost(1);
    later.push(() => first.stop());
    await first.connect(host.addresses()[0]!);
    // The same identity again while the first connection still stands: what a power cut looks like from here.
    const again = await libp2pHost(1);
    later.push(() => again.stop());
    assert.equal(again.id, await peerIdOfSeed(seed));
    await again.connect(host.addresses()[0]!);
    await until("the link is new", () => gone.length === 1 && host.peers().length === 1);
    assert.equal(host.peerInfo()[0]!.score, 100);
    await sleep(200);
    assert.deepEqual(host.peers(), [again.id]);
  }),
);

test("of many that dial at once one begins, is read only in its turn, and a named host pays no rate", async () => {
  const clock = virtualClock();
  const pending = createPendingConnections(clock, ["/ip4/10.0.0.1/tcp/1/p2p/named"]);
  const began: string[] = [];
  const reading = new Set<string>();
  const come = async (name: string, host: string, port: number): Promise<void> => {
    const address = `/ip4/${host}/tcp/${port}`;
    const connection = {
      remoteAddr: { toString: () => address },
      status: "open",
      addEventListener: () => undefined,
      pause: () => void reading.delete(address),
      resume: () => void reading.add(address),
    } as unknown as MultiaddrConnection;
    reading.add(address);
    await pending.add(connection);
    began.push(`${name} negotiates`);
    if (await pending.mayHandshake(connection)) began.push(`${name} shakes hands`);
  };
  for (let i = 0; i < 10; i++) void come(`crowd ${i}`, "10.0.0.2", i);
  void come("named", "10.0.0.1", 1);
  await clock.run(1);
  assert.deepEqual(began, ["crowd 0 negotiates", "crowd 0 shakes hands"]);
  assert.deepEqual([...reading], ["/ip4/10.0.0.2/tcp/0"], "what the others send stays with them");
  await clock.run(PACE_MS.negotiation + 1);
  assert.equal(began[2], "named negotiates");
  await clock.run(PACE_MS.handshake + 1);
  assert.equal(began.filter((event) => event.endsWith("negotiates")).length, 11);
  assert.equal(began.at(-1), "named shakes hands");
  assert.equal(reading.size, 2);
});
