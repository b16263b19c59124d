import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { createTurns, type Standing } from "#p2p/transport/turns.js";
import type { Host } from "#p2p/host.js";
import { virtualClock } from "#test/simulation/clock.js";
import { libp2pHost, until } from "./hosts.js";

test("what was used beyond the share is made up for by rest, and who used most rests longest", async () => {
  const clock = virtualClock();
  const standings: Record<string, Standing> = { named: "named", a: "stranger", b: "stranger", c: "useful" };
  const metered = createTurns(clock, (peer) => standings[peer]!);
  assert.equal(metered.spent("named", 10_000, 1_000_000_000), 0);
  assert.equal(metered.spent("a", 75, 0), 0);
  const rest = metered.spent("a", 400, 0);
  assert.ok(rest >= 900 && rest <= 1_000, `${rest}`);
  assert.equal(metered.spent("c", 100, 0), 0, "a group of its own");
  await clock.run(8_000);
  assert.ok(metered.spent("b", 10, 0) < 100);
});

test("bytes count beside the time they take, for the garbage that they become", () => {
  const metered = createTurns(virtualClock(), () => "stranger");
  assert.equal(metered.spent("a", 0, 3_000_000), 0, "the whole share");
  const rest = metered.spent("a", 0, 1_000_000);
  assert.ok(rest > 300, `${rest}`);
});

test("peers of a group have one slice of a turn of the event loop between them, and the next turn another", async () => {
  let nowMs = 0;
  const metered = createTurns({ monotonicMs: () => nowMs }, (peer) => (peer === "named" ? "named" : "stranger"));
  assert.ok(metered.hasTime("a"));
  nowMs = 9;
  assert.ok(metered.hasTime("b"));
  nowMs = 10;
  assert.ok(!metered.hasTime("a") && !metered.hasTime("b"), "it is used up");
  assert.ok(metered.hasTime("named"), "a group of its own");
  await nextTurn();
  assert.ok(metered.hasTime("b"));
});

const SPIN_MS = 2;

test("strangers that send much at once share the thread: a named peer's frames and timers do not wait for them", async () => {
  const named = await libp2pHost(1);
  const a = await libp2pHost(0, { persistentPeers: [named.addresses()[0]!] });
  const strangers: Host[] = [];
  try {
    for (const i of [2, 3, 4]) strangers.push(await libp2pHost(i, { persistentPeers: [a.addresses()[0]!] }));
    await until("all are linked", () => a.peers().length === 4 && named.peers().length === 1);
    let spun = 0;
    const late: number[] = [];
    a.onFrame("consensus", (peer, frame) => {
      if (peer === named.id) return void late.push(performance.now() - Number(Buffer.from(frame).readDoubleBE()));
      for (const end = performance.now() + SPIN_MS; performance.now() < end;) spun += 0;
      spun++;
    });
    for (const host of strangers) for (let i = 0; i < 600; i++) host.send(a.id, "consensus", new Uint8Array(20));
    const startedMs = performance.now();
    while (performance.now() - startedMs < 1_500) {
      const now = Buffer.alloc(8);
      now.writeDoubleBE(performance.now());
      named.send(a.id, "consensus", now);
      await sleep(20);
    }
    // All at once would be 3.6 s without a turn for anybody else.
    assert.ok(spun > 0 && spun * SPIN_MS < 1_200, `${spun * SPIN_MS} ms of 1500 for strangers`);
    assert.ok(late.length >= 15, `${late.length} frames of the named peer`);
    assert.ok(Math.max(...late) < 500, `${Math.max(...late)} ms late`);
    assert.ok(
      strangers.every((host) => a.peers().includes(host.id)),
      "nobody is dropped or banned for it",
    );
  } finally {
    await Promise.all([...strangers, named, a].map((host) => host.stop()));
  }
});
