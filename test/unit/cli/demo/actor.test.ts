import assert from "node:assert/strict";
import { test } from "node:test";
import { client, httpTransport } from "#proto/client/index.js";
import { ownAny } from "#proto/tx/build.js";
import { developmentKeys } from "#cli/dev/guard.js";
import { Actor } from "#cli/demo/story/actor.js";
import type { World } from "#cli/world.js";
import { fakeNode } from "../fake-node.js";

const world = {
  system: { sleep: () => Promise.resolve(), now: () => 0 },
  terms: { prefix: "trib", denom: "utrib", displayDenom: "trib", displayExponent: 6 },
  out: { note: () => undefined },
} as unknown as World;
const WRONG = { code: 32, codespace: "sdk", log: "account sequence mismatch, expected 7, got 6" };

test("an actor tries again behind another transaction of its key, and not for ever", async () => {
  let refusals = 1;
  const node = fakeNode({ included: { code: 0 }, simulate: () => (refusals-- > 0 ? WRONG : undefined) });
  const [key] = developmentKeys();
  const actor = new Actor(key!, client(httpTransport("http://node", node.fetch)), "tributary-dev-1", world);
  const claim = ownAny("tributary.payout.v1.MsgClaimPayout", { owner: actor.address });
  assert.equal((await actor.send(claim)).result.code, 0);
  assert.equal(node.received.length, 1);

  refusals = Infinity;
  await assert.rejects(actor.send(claim), /sequence mismatch/);
  assert.equal(node.received.length, 1);
});
