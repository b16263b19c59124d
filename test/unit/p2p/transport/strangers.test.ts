import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bytes } from "#proto/bytes.js";
import { stages, stranger, type Stage, type Stranger } from "#test/hostile/fuzz/p2p-client.js";
import { libp2pHosts, type Hosts } from "./hosts.js";

/**
 * Raw bytes against the real transport. What it throws where nobody catches it fails the test that runs: the runner
 * traps uncaught exceptions and unhandled rejections as they would end a node.
 */
const limit = { timeout: 20_000 };

async function attacked(body: (hosts: Hosts, address: string) => Promise<void>, options = {}): Promise<void> {
  const hosts = await libp2pHosts(2, options);
  const [a, b] = hosts.all;
  try {
    await hosts.until("the honest link", () => a!.peers().length === 1 && b!.peers().length === 1);
    await body(hosts, a!.addresses()[0]!);
    await sleep(100); // What is thrown late counts too.
    await hosts.until("the honest peer alone", () => a!.peers().length === 1 && a!.peers()[0] === b!.id);
    assert.equal(a!.peerInfo()[0]!.score, 100);
  } finally {
    await hosts.stop();
  }
}

const seed = (i: number): Bytes => new Uint8Array(32).fill(100 + i);
const hexBytes = (hex: string): Bytes => Uint8Array.from(Buffer.from(hex, "hex"));
let identity = 0;
const meet = (address: string, stage: Stage): Promise<Stranger> =>
  stranger({ address, stage, seed: seed(identity++ % 100) });

const FRAMES: Readonly<Record<string, string>> = {
  "a type that does not exist on no stream": "000200000000000000000000",
  "a version that does not exist": "ff0000010000000100000000",
  "a type that does not exist on a stream": "000700000000000100000000",
  "an answer to a ping that nobody sent": "000200020000000000000009",
  "data on no stream": "000000000000000000000000",
  "a stream with the id of the other side": "000100010000000200000000",
  "an end of everything, then a stream": "000300000000000000000001000100010000000100000000",
  "an end of everything for an unknown reason": "0003000000000000000000ff",
  "data beyond the window": `000000010000000100100000${"00".repeat(64)}`,
  "data of four gigabytes": "0000000100000001ffffffff",
  "a window of all numbers, twice": "0001000100000001ffffffff0001000000000001ffffffff",
};

for (const stage of ["yamux", "streams"] as const) {
  test(`a stranger ends its own connection at most with one frame after ${stage}`, limit, () =>
    attacked(async (hosts, address) => {
      for (const [what, hex] of Object.entries(FRAMES)) {
        const one = await meet(address, stage);
        if (stage === "streams") await hosts.until(`our streams, before ${what}`, () => one.offered.length > 2);
        one.write(hexBytes(hex));
        await Promise.race([one.closed, sleep(50)]);
        one.cut();
      }
    }),
  );
}

test("peers that answer no ping are dropped, and nothing else happens", limit, () =>
  attacked(
    async (_hosts, address) => {
      const silent = await Promise.all([0, 1, 2].map(() => meet(address, "streams")));
      await Promise.all(silent.map((one) => one.closed));
    },
    { pings: { everyMs: 200, answerMsMax: 1_500 } },
  ),
);

for (const stage of stages) {
  test(`a stranger that is cut off after ${stage} leaves no trace`, limit, () =>
    attacked(async (_hosts, address) => {
      const all = await Promise.all(Array.from({ length: 8 }, () => meet(address, stage)));
      for (const one of all) one.write(Uint8Array.of(0, 0, 0));
      for (const one of all) one.cut();
    }),
  );
}
