import assert from "node:assert/strict";
import { test } from "node:test";
import { stages } from "#test/hostile/fuzz/p2p-client.js";
import { fuzzP2p } from "#test/hostile/fuzz/p2p.js";
import { libp2pHosts } from "./hosts.js";

const SECONDS = Number(process.env["FUZZ_SECONDS"] ?? 2);
const SEED = BigInt(process.env["FUZZ_SEED"] ?? 1);

test("bytes from a seed after each stage of the handshake end no node and cost no honest peer", async (context) => {
  const hosts = await libp2pHosts(2);
  const [a, b] = hosts.all;
  try {
    await hosts.until("the honest link", () => a!.peers().includes(b!.id) && b!.peers().length === 1);
    const result = await fuzzP2p({ address: a!.addresses()[0]!, seed: SEED, seconds: SECONDS });
    context.diagnostic(JSON.stringify(result));
    for (const stage of stages) assert.ok(result.byStage[stage] > 0, `no case after ${stage}`);
    assert.ok(a!.peers().includes(b!.id));
    assert.equal(a!.peerInfo().find(({ id }) => id === b!.id)!.score, 100);
  } finally {
    await hosts.stop();
  }
});
