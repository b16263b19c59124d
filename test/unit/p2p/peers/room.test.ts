import assert from "node:assert/strict";
import { test } from "node:test";
import { hostOf } from "#p2p/peers/host-of.js";
import { givesWay, IDLE_MS, type Guest } from "#p2p/peers/room.js";

const guest = (peer: string, host: string, sinceMs: number, usefulMs?: number): Guest => ({
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
  const guests = [guest("a", "x", 1), guest("b", "x", 3, 3), guest("c", "x", 2), guest("d", "y", 4)];
  assert.equal(givesWay(guests, "z", 10), "b");
  assert.equal(givesWay(guests, "y", 10), "b");
  assert.equal(givesWay(guests, "x", 10), undefined, "a host does not push out its own");
});

test("who has brought nothing for a minute gives way, the longest idle first; who brings something stays", () => {
  const guests = [guest("a", "x", 0, 50_000), guest("b", "y", 20_000), guest("c", "z", 10_000)];
  assert.equal(givesWay(guests, "w", 30_000), undefined, "nobody is idle yet");
  assert.equal(givesWay(guests, "w", 20_000 + IDLE_MS), "c");
  assert.equal(givesWay(guests.slice(0, 1), "w", 49_000 + IDLE_MS), undefined);
});
