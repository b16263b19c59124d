import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { P2pFault, type Host } from "#p2p/host.js";
import { peerIdOfSeed } from "#p2p/transport/identity.js";
import { compliance, type World } from "../compliance.js";
import { libp2pHost, until } from "./hosts.js";

function world(): Promise<World> {
  const started: Host[] = [];
  return Promise.resolve({
    async hosts(links, options = {}) {
      const hosts: Host[] = [];
      for (const [i, dials] of links.entries()) {
        hosts.push(
          await libp2pHost(i, {
            persistentPeers: dials.map((j) => hosts[j]!.addresses()[0]!),
            ...(options.protocols?.[i] === undefined ? {} : { protocols: options.protocols[i] }),
          }),
        );
      }
      started.push(...hosts);
      return hosts;
    },
    until,
    pass: (ms) => sleep(ms),
    sever: (a, b) => a.disconnect(b.id, "severed"),
    settle: (promise) => promise,
    async stop() {
      await Promise.all(started.map((host) => host.stop()));
    },
  });
}

compliance("libp2p", world);

test("the peer id follows from the seed alone", async () => {
  const id = await peerIdOfSeed(new Uint8Array(32).fill(1));
  assert.match(id, /^12D3KooW/);
  const host = await libp2pHost(0);
  assert.equal(host.id, id);
  assert.ok(host.addresses()[0]!.endsWith(`/p2p/${id}`));
  await host.stop();
});

test("a node of another network never comes up", async () => {
  const a = await libp2pHost(0);
  const b = await libp2pHost(1, { persistentPeers: [a.addresses()[0]!], network: "test-2" });
  await assert.rejects(b.connect(a.addresses()[0]!), { code: "dial_failed" });
  assert.equal(a.peers().length + b.peers().length, 0);
  await Promise.all([a.stop(), b.stop()]);
});

test("addresses that name no peer are refused with the form that is wanted", async () => {
  const host = await libp2pHost(0);
  await assert.rejects(host.connect("/ip4/127.0.0.1/tcp/1"), /end it with \/p2p\//);
  await assert.rejects(host.connect("127.0.0.1:26656"), { code: "bad_address" });
  await host.stop();
});

test("a fault of the network keeps the error that was its cause", async () => {
  const host = await libp2pHost(0);
  const peer = await peerIdOfSeed(new Uint8Array(32).fill(9));
  for (const address of ["127.0.0.1:26656", `/ip4/127.0.0.1/tcp/1/p2p/${peer}`]) {
    const fault: unknown = await host.connect(address).catch((error: unknown) => error);
    assert.ok(fault instanceof P2pFault && fault.cause instanceof Error, address);
  }
  await host.stop();
});

test("sockets that say nothing or garbage do not disturb the peers", async () => {
  const a = await libp2pHost(0);
  const b = await libp2pHost(1, { persistentPeers: [a.addresses()[0]!] });
  const port = Number(/tcp\/(\d+)/.exec(a.addresses()[0]!)![1]);
  const sockets = Array.from({ length: 20 }, (_, i) => {
    const socket = connect(port, "127.0.0.1", () => i % 2 === 0 && socket.write(new Uint8Array(4096).fill(i)));
    socket.on("error", () => undefined);
    return socket;
  });
  try {
    await until("the link is up", () => a.peers().length === 1 && b.peers().length === 1);
    const heard: number[] = [];
    a.onFrame("consensus", (_peer, frame) => heard.push(frame[0]!));
    assert.ok(b.send(a.id, "consensus", Uint8Array.of(1)));
    await until("the frame", () => heard.length > 0);
    assert.deepEqual(heard, [1]);
  } finally {
    for (const socket of sockets) socket.destroy();
    await Promise.all([a.stop(), b.stop()]);
  }
});
