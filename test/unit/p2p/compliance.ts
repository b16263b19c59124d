import assert from "node:assert/strict";
import { test } from "node:test";
import { isRejection } from "#proto/rejection.js";
import type { Host, PeerId } from "#p2p/host.js";
import { P2pFault } from "#p2p/host.js";
import { protocols, type ProtocolTable } from "#p2p/protocols/table.js";
import { decodeStatus } from "#proto/wire/status.js";

/** What every transport must do under the host, whatever moves the bytes. */
export interface World {
  /** Started hosts; `links[i]` are the earlier ones that host i dials for ever. */
  hosts(
    links: readonly (readonly number[])[],
    options?: { readonly protocols?: readonly (ProtocolTable | undefined)[] },
  ): Promise<Host[]>;
  /** Lets time pass until the condition holds; fails after `ms`. */
  until(what: string, condition: () => boolean, ms?: number): Promise<void>;
  pass(ms: number): Promise<void>;
  /** Breaks the connection below both hosts. */
  sever(a: Host, b: Host): void;
  /** Awaits something that needs time to pass. */
  settle<T>(promise: Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const pair = [[], [0]] as const;

export function compliance(name: string, create: () => Promise<World>): void {
  const check = (sentence: string, body: (world: World) => Promise<void>): void =>
    test(`${name}: ${sentence}`, { timeout: 30_000 }, async () => {
      const world = await create();
      try {
        await body(world);
      } finally {
        await world.stop();
      }
    }) as unknown as void;

  const meet = async (world: World, hosts: readonly Host[], counts: readonly number[]): Promise<void> =>
    world.until("all links are up", () => hosts.every((host, i) => host.peers().length === counts[i]));

  check("four hosts that all dial each other have three peers each", async (world) => {
    const hosts = await world.hosts([[], [0], [0, 1], [0, 1, 2]]);
    for (const [i, host] of hosts.entries()) {
      for (const other of hosts.slice(i + 1)) await world.settle(host.connect(other.addresses()[0]!));
    }
    await meet(world, hosts, [3, 3, 3, 3]);
    assert.equal(new Set(hosts.map((host) => host.id)).size, 4);
    assert.ok(hosts[0]!.peerInfo().every(({ score, address }) => score === 100 && address !== ""));
  });

  check("frames arrive whole, in order, at the right protocol", async (world) => {
    const [a, b] = (await world.hosts(pair)) as [Host, Host];
    const heard: string[] = [];
    b.onFrame("consensus", (peer, frame) => heard.push(`${peer === a.id} consensus ${frame.length} ${frame[0]}`));
    b.onFrame("status", (peer, frame) => heard.push(`${peer === a.id} status ${frame.length} ${frame[0]}`));
    await meet(world, [a, b], [1, 1]);
    const expected: string[] = [];
    for (let i = 0; i < 200; i++) {
      const frame = new Uint8Array(i === 100 ? 200_000 : i % 50).fill(i);
      assert.ok(a.send(b.id, "consensus", frame));
      expected.push(`true consensus ${frame.length} ${frame[0]}`);
    }
    await world.until("200 frames", () => heard.length === 200);
    assert.deepEqual(heard, expected);
    assert.ok(a.send(b.id, "status", bytes(7)));
    await world.until("the status", () => heard.at(-1) === "true status 1 7");
    assert.equal(a.send("nobody", "consensus", bytes(1)), false);
  });

  check("a broadcast reaches all but one", async (world) => {
    const hosts = await world.hosts([[], [0], [0], [0]]);
    const heard: PeerId[] = [];
    for (const host of hosts) host.onFrame("consensus", () => heard.push(host.id));
    await meet(world, hosts, [3, 1, 1, 1]);
    assert.equal(hosts[0]!.broadcast("consensus", bytes(1), hosts[2]!.id), 2);
    await world.until("two frames", () => heard.length === 2);
    await world.pass(50);
    assert.deepEqual(new Set(heard), new Set([hosts[1]!.id, hosts[3]!.id]));
  });

  check("questions are answered, refused, or time out", async (world) => {
    const [a, b] = (await world.hosts(pair)) as [Host, Host];
    await meet(world, [a, b], [1, 1]);
    await assert.rejects(world.settle(a.request(b.id, "blocks", bytes(1), 2_000)), { code: "refused" });
    const answer = new Uint8Array(2 * 1024 * 1024).fill(9);
    b.serve("blocks", (_peer, question) => {
      if (question[0] === 0) return Promise.resolve(undefined);
      if (question[0] === 1) return new Promise(() => undefined);
      return Promise.resolve(question[0] === 2 ? answer : question);
    });
    assert.deepEqual(await world.settle(a.request(b.id, "blocks", bytes(3, 4), 2_000)), bytes(3, 4));
    assert.deepEqual(await world.settle(a.request(b.id, "blocks", bytes(2), 5_000)), answer);
    await assert.rejects(world.settle(a.request(b.id, "blocks", bytes(0), 2_000)), { code: "refused" });
    await assert.rejects(world.settle(a.request(b.id, "blocks", bytes(1), 200)), { code: "timeout" });
    await assert.rejects(world.settle(a.request("nobody", "blocks", bytes(1), 200)), { code: "gone" });
  });

  check("a host that cannot answer or judge refuses, costs nobody anything, and answers again", async (world) => {
    const [a, b] = (await world.hosts(pair)) as [Host, Host];
    const judged: number[] = [];
    b.serve("blocks", (_peer, question) =>
      question[0] === 0 ? Promise.reject(new Error("no disk")) : Promise.resolve(question),
    );
    b.subscribe("txs", (_peer, message) => {
      judged.push(message[0]!);
      return Promise.reject(new Error("no disk"));
    });
    a.subscribe("txs", () => "accept");
    await meet(world, [a, b], [1, 1]);
    for (let i = 0; i < 40; i++)
    // More than a peer may ask at once.
    {
      await assert.rejects(world.settle(a.request(b.id, "blocks", bytes(0, i), 2_000)), { code: "refused" });
    }
    assert.deepEqual(await world.settle(a.request(b.id, "blocks", bytes(7), 2_000)), bytes(7));
    await world.pass(1_200); // Meshes form at a heartbeat.
    a.publish("txs", bytes(1));
    await world.until("one message is judged", () => judged.length === 1);
    await world.pass(50);
    assert.equal(b.peerInfo()[0]!.score, 100);
  });

  check("gossip crosses a line of hosts once each; what is rejected stops and costs its bringer", async (world) => {
    const hosts = await world.hosts([[], [0], [1], [2]]);
    const heard: string[] = [];
    for (const [i, host] of hosts.entries()) {
      host.subscribe("txs", (_peer, message) => {
        heard.push(`${i} ${message[0]}`);
        return message[0] === 1 ? "accept" : message[0] === 2 ? "ignore" : "reject";
      });
    }
    await meet(world, hosts, [1, 2, 2, 1]);
    await world.pass(1_200); // Meshes form at a heartbeat.
    hosts[0]!.publish("txs", bytes(1, 1));
    await world.until("everybody heard", () => heard.length === 3, 5_000);
    assert.deepEqual(
      heard.sort((x, y) => (x < y ? -1 : 1)),
      ["1 1", "2 1", "3 1"],
    );
    heard.length = 0;
    hosts[0]!.publish("txs", bytes(2));
    hosts[0]!.publish("txs", bytes(3));
    await world.until("the neighbour heard", () => heard.length === 2);
    await world.pass(300);
    assert.deepEqual(new Set(heard), new Set(["1 2", "1 3"]));
    assert.ok(hosts[1]!.peerInfo().find(({ id }) => id === hosts[0]!.id)!.score < 90);
  });

  check("a broken connection is noticed on both sides and comes back", async (world) => {
    const [a, b] = (await world.hosts(pair)) as [Host, Host];
    const events: string[] = [];
    a.onPeer(() => events.push("a up"));
    a.onPeerGone(() => events.push("a gone"));
    b.onPeerGone(() => events.push("b gone"));
    await meet(world, [a, b], [1, 1]);
    world.sever(a, b);
    await world.until("both lost it", () => events.includes("a gone") && events.includes("b gone"));
    await world.until("it is back", () => a.peers().length === 1 && b.peers().length === 1, 10_000);
    const heard: number[] = [];
    a.onFrame("consensus", (_peer, frame) => heard.push(frame[0]!));
    assert.ok(b.send(a.id, "consensus", bytes(5)));
    await world.until("a frame", () => heard.length === 1);
  });

  check("a frame over the bound bans its sender, who stays out", async (world) => {
    const large: ProtocolTable = { ...protocols, status: { ...protocols.status, frameBytesMax: 1024 } };
    const [a, b] = (await world.hosts(pair, { protocols: [undefined, large] })) as [Host, Host];
    a.onFrame("status", () => assert.fail("a frame over the bound reached its handler"));
    await meet(world, [a, b], [1, 1]);
    assert.ok(b.send(a.id, "status", new Uint8Array(1024)));
    await world.until("the sender is out", () => a.peers().length === 0 && b.peers().length === 0);
    await world.pass(1_500);
    assert.equal(a.peers().length, 0);
    await assert.rejects(world.settle(a.connect(b.addresses()[0]!)), P2pFault);
  });

  check("garbage costs its sender the link when the handler says so", async (world) => {
    const [a, b] = (await world.hosts(pair)) as [Host, Host];
    a.onFrame("status", (peer, frame) => {
      if (isRejection(decodeStatus(frame))) a.penalize(peer, 100, "not a status");
    });
    await meet(world, [a, b], [1, 1]);
    assert.ok(b.send(a.id, "status", bytes(255, 255, 255)));
    await world.until("the sender is out", () => a.peers().length === 0);
  });

  check("frames beyond the rate are dropped and cost nothing, a flood of them costs score", async (world) => {
    const tight: ProtocolTable = {
      ...protocols,
      status: { ...protocols.status, framesRate: { perSecond: 0.01, burst: 3 } },
    };
    const [a, b] = (await world.hosts(pair, { protocols: [tight, undefined] })) as [Host, Host];
    let heard = 0;
    a.onFrame("status", () => void heard++);
    a.onFrame("evidence", () => void heard++);
    await meet(world, [a, b], [1, 1]);
    for (let i = 0; i < 30; i++) b.send(a.id, "status", bytes(i));
    b.send(a.id, "evidence", bytes(1));
    await world.until("what is within the rate", () => heard === 4);
    await world.pass(50);
    assert.equal(a.peerInfo()[0]?.score, 100);
    for (let i = 0; i < 4; i++) b.send(a.id, "status", bytes(i));
    await world.until("score is lost", () => (a.peerInfo()[0]?.score ?? 100) <= 75);
    assert.equal(heard, 4);
  });

  check("gossip beyond the rate is neither judged nor passed on, and costs nobody anything", async (world) => {
    const rate = { perSecond: 0.01, burst: 3 };
    const tight: ProtocolTable = { ...protocols, txs: { ...protocols.txs, messagesRate: rate, strangersRate: rate } };
    const hosts = (await world.hosts([[], [0], [1]], { protocols: [undefined, tight, undefined] })) as [
      Host,
      Host,
      Host,
    ];
    const [a, b, c] = hosts;
    const heard: string[] = [];
    for (const [i, host] of hosts.entries()) {
      host.subscribe("txs", () => {
        heard.push(String(i));
        return "accept";
      });
    }
    await meet(world, hosts, [1, 2, 1]);
    await world.pass(1_200); // Meshes form at a heartbeat.
    for (let i = 0; i < 60; i++) a.publish("txs", bytes(i, i));
    await world.until("three are judged and passed on", () => heard.length === 6);
    await world.pass(300);
    assert.deepEqual(heard.filter((i) => i === "1").length, 3);
    assert.equal(heard.length, 6);
    assert.deepEqual(
      hosts.map((host) => host.peers().length),
      [1, 2, 1],
    );
    for (const info of [...b.peerInfo(), ...c.peerInfo()]) assert.equal(info.score, 100);
  });

  check("questions over the rate are refused and cost nothing, a flood of them costs score", async (world) => {
    const tight: ProtocolTable = {
      ...protocols,
      blocks: { ...protocols.blocks, questionsRate: { perSecond: 0.01, burst: 3 } },
    };
    const [a, b] = (await world.hosts(pair, { protocols: [tight, undefined] })) as [Host, Host];
    a.serve("blocks", (_peer, question) => Promise.resolve(question));
    await meet(world, [a, b], [1, 1]);
    const answers: string[] = [];
    for (let i = 0; i < 14; i++) {
      const asked = b.request(a.id, "blocks", bytes(i), 5_000);
      answers.push(
        await world.settle(
          asked.then(
            () => "answered",
            (error: unknown) => (error as P2pFault).code,
          ),
        ),
      );
      if (i === 11) assert.equal(a.peerInfo()[0]?.score, 100);
    }
    assert.deepEqual(answers, [...Array<string>(3).fill("answered"), ...Array<string>(11).fill("refused")]);
    assert.ok((a.peerInfo()[0]?.score ?? 100) < 85);
  });

  check("who does not read is cut off instead of filling the queue", async (world) => {
    const tight: ProtocolTable = { ...protocols, consensus: { ...protocols.consensus, queueBytesMax: 256 * 1024 } };
    const [a, b] = (await world.hosts(pair, { protocols: [tight, tight] })) as [Host, Host];
    await meet(world, [a, b], [1, 1]);
    const gone: PeerId[] = [];
    a.onPeerGone((peer) => gone.push(peer));
    const taken = Array.from({ length: 20 }, () => a.send(b.id, "consensus", new Uint8Array(64 * 1024)));
    assert.ok(taken.includes(false));
    assert.ok(taken.indexOf(false) <= 4);
    assert.deepEqual(gone, [b.id]);
    await world.until("it may come back", () => a.peers().length === 1, 10_000);
  });

  check("a stopped host is gone for the others, and says nothing any more", async (world) => {
    const [a, b] = (await world.hosts(pair)) as [Host, Host];
    await meet(world, [a, b], [1, 1]);
    await world.settle(b.stop());
    await world.until("it is gone", () => a.peers().length === 0);
    assert.equal(b.send(a.id, "consensus", bytes(1)), false);
    assert.equal(b.peers().length, 0);
  });
}
