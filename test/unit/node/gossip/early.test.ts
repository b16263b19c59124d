import assert from "node:assert/strict";
import { test } from "node:test";
import { createEarlyFrames, type EarlyFrame, type EarlyFrames } from "#node/gossip/early.js";

const frame = (peer: string, height: bigint, size = 100): EarlyFrame => ({ peer, height, bytes: new Uint8Array(size) });

function all(early: EarlyFrames, height: bigint): string[] {
  const peers: string[] = [];
  for (let next = early.next(height); next !== undefined; next = early.next(height)) peers.push(next.peer);
  return peers;
}

test("however many frames of the next height one peer sends, few are kept, and another peer's has its turn", () => {
  const early = createEarlyFrames();
  for (let i = 0; i < 10_000; i++) early.keep(frame("flooder", 2n));
  early.keep(frame("other", 2n, 64 * 1024));
  const taken = all(early, 2n);
  assert.equal(taken.length, 257);
  assert.equal(taken[1], "other");
  assert.equal(early.next(2n), undefined);
});

test("nothing of a peer that is gone is given out, and its room is free again", () => {
  const early = createEarlyFrames();
  for (let i = 0; i < 5; i++) early.keep(frame("a", 2n, 1024 * 1024));
  early.keep(frame("b", 2n));
  early.forget("a");
  for (let i = 0; i < 5; i++) early.keep(frame("c", 2n, 1024 * 1024));
  assert.deepEqual(all(early, 2n), ["b", "c", "c", "c", "c", "c"]);
});

test("frames of heights that are over are forgotten, those of later ones stay", () => {
  const early = createEarlyFrames();
  for (const height of [2n, 3n, 4n]) early.keep(frame("a", height));
  early.dropBelow(3n);
  assert.deepEqual([all(early, 2n), all(early, 3n), all(early, 4n)], [[], ["a"], ["a"]]);
});
