import assert from "node:assert/strict";
import { test } from "node:test";
import { hostOf } from "#p2p/peers/host-of.js";
import { IDLE_MS, selectPeerToEvict, type EvictionCandidate } from "#p2p/peers/eviction.js";

const candidate = (peer: string, host: string, sinceMs: number, usefulMs?: number): EvictionCandidate => ({
  peer,
  host,
  sinceMs,
  usefulMs,
});

test("a host is an IPv4 address, the /64 of an IPv6 address, or the first value of another", () => {
  assert.equal(hostOf("/ip4/10.0.0.1/tcp/4001/p2p/a"), "ip4/10.0.0.1");
  assert.equal(hostOf("/ip6/2001:db8::7/tcp/1"), "ip6/2001:db8:0:0");
  assert.equal(hostOf("/ip6/2001:DB8:0:0:1:2:3:4/tcp/1"), "ip6/2001:db8:0:0");
  assert.equal(hostOf("/ip6/::1/tcp/1"), "ip6/0:0:0:0");
  assert.equal(hostOf("/memory/a/p2p/a"), "memory/a");
});

test("who holds more places from one host than the newcomer's gives up its latest", () => {
  const candidates = [
    candidate("a", "x", 1),
    candidate("b", "x", 3, 3),
    candidate("c", "x", 2),
    candidate("d", "y", 4),
  ];
  assert.equal(selectPeerToEvict(candidates, "z", 10), "b");
  assert.equal(selectPeerToEvict(candidates, "y", 10), "b");
  assert.equal(selectPeerToEvict(candidates, "x", 10), undefined, "a host does not push out its own");
});

test("who has brought nothing for a minute gives way, the longest idle first; who brings something stays", () => {
  const candidates = [candidate("a", "x", 0, 50_000), candidate("b", "y", 20_000), candidate("c", "z", 10_000)];
  assert.equal(selectPeerToEvict(candidates, "w", 30_000), undefined, "nobody is idle yet");
  assert.equal(selectPeerToEvict(candidates, "w", 20_000 + IDLE_MS), "c");
  assert.equal(selectPeerToEvict(candidates.slice(0, 1), "w", 49_000 + IDLE_MS), undefined);
});
