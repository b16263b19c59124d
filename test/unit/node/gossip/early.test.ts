import assert from "node:assert/strict";
import { test } from "node:test";
import { earlyFrames } from "#node/gossip/early.js";
import type { PeerId } from "#p2p/host.js";

test("however many frames of the next height one peer sends, a start judges few, and another peer's are among them", () => {
  const early = earlyFrames();
  for (let i = 0; i < 10_000; i++) early.keep({ peer: "flooder" as PeerId, height: 2n, bytes: new Uint8Array(100) });
  early.keep({ peer: "other" as PeerId, height: 2n, bytes: new Uint8Array(64 * 1024) });
  const taken = early.take(2n);
  assert.equal(taken.length, 257);
  assert.equal(taken.at(-1)!.peer, "other");
  assert.equal(early.take(2n).length, 0);
});
