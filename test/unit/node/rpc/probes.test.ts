import assert from "node:assert/strict";
import { test } from "node:test";
import type { RpcDeps } from "#node/rpc/deps.js";
import { probe } from "#node/rpc/probes.js";

/** What the probes look at, and nothing else. */
function standing(catchingUp: boolean, peers: number, hasFailed = false): RpcDeps {
  return {
    progress: { hasFailed: () => hasFailed },
    chain: { latestHeight: () => 7n, catchingUp: () => catchingUp },
    peers: () => Array.from({ length: peers }),
  } as unknown as RpcDeps;
}
const ready = (deps: RpcDeps): [number, string] => {
  const reply = probe("GET", "/ready", deps)!;
  return [reply.status, String(reply.body)];
};

test("/ready says why a node is not: catching up, no peers, a fault", () => {
  assert.deepEqual(ready(standing(false, 3)), [200, "height 7\n"]);
  assert.deepEqual(ready(standing(true, 3)), [503, "catching up: height 7\n"]);
  assert.deepEqual(ready(standing(true, 0)), [503, "no peers: height 7\n"]);
  assert.deepEqual(ready(standing(false, 3, true)), [503, "this node stops: the end of its log says why\n"]);
});
