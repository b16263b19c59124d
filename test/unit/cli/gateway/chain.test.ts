import assert from "node:assert/strict";
import { test } from "node:test";
import { CliFault } from "#cli/fault.js";
import { ChainClock } from "#cli/gateway/chain/clock.js";
import { concernsOf } from "#cli/gateway/chain/events.js";
import { ChainFollower } from "#cli/gateway/chain/follow.js";
import { warningsOf } from "#cli/gateway/settle/warnings.js";
import type { Client, ClientEvent } from "#proto/client/index.js";

const event = (type: string, attributes: Record<string, string>): ClientEvent => ({
  type,
  attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
});

test("a view is stale after a third of the grace, or when the block's time and the clock disagree by as much", () => {
  const clock = new ChainClock(60n);
  assert.match(clock.staleness(0)!, /no block/);
  for (let i = 0; i < 5; i++) clock.seen({ height: BigInt(i), time: 1_000 * i, seenAt: 500_000 + 1_000 * i });
  assert.equal(clock.limitMs, 20_000);
  assert.match(clock.staleness(504_000)!, /behind this machine's clock.*check the node and the clock/);
  for (let i = 5; i < 30; i++) clock.seen({ height: BigInt(i), time: 1_000 * i, seenAt: 1_000 * i });
  assert.equal(clock.staleness(49_000), undefined);
  assert.match(clock.staleness(49_001)!, /no block came for 20 s, and 20 s are allowed/);
  clock.seen({ height: 31n, time: 31_000, seenAt: 5_000 });
  assert.match(clock.staleness(5_000)!, /ahead of this machine's clock/);
});

test("events of the provider's channels and of versions that it serves are its concern", () => {
  const has = { channel: (id: bigint) => id === 4n, version: (id: bigint) => id === 3n };
  const concerns = concernsOf(
    [
      event("usage.channel_opened", { channel_id: "7", provider: "me" }),
      event("usage.channel_opened", { channel_id: "8", provider: "other" }),
      event("usage.channel_topped_up", { channel_id: "4" }),
      event("usage.channel_closed", { channel_id: "x", provider: "me" }),
      event("model.stage", { version_id: "3" }),
      event("model.stage", { version_id: "5" }),
      event("bank.transfer", { channel_id: "4" }),
    ],
    "me",
    has,
  );
  assert.deepEqual([[...concerns.channels], [...concerns.versions]], [[7n, 4n], [3n]]);
});

/** A node whose status and blocks a test sets. */
function follow(from: bigint) {
  const state = { chainId: "c", height: from, catchingUp: false, fails: 0n };
  const seen: string[] = [];
  const clock = new ChainClock(60n);
  const node = {
    status: () => Promise.resolve({ ...state, time: "2026-12-01T00:00:00Z" }),
    blockResults: (height: bigint) =>
      height === state.fails ? Promise.reject(new Error("down")) : Promise.resolve({ txs: [], blockEvents: [] }),
  } as unknown as Client;
  const followed = {
    block: (height: bigint) => Promise.resolve(void seen.push(`block ${height}`)),
    gap: (height: bigint) => Promise.resolve(void seen.push(`gap ${height}`)),
    trouble: () => undefined,
  };
  const world = { now: () => 1, sleep: () => Promise.resolve() };
  const follower = new ChainFollower({ node, chainId: "c", clock, height: from }, followed, world);
  return { state, seen, clock, follower };
}

test("every block is read once, in order; a block that could not be read is read again", async () => {
  const { state, seen, follower } = follow(10n);
  state.height = 13n;
  state.fails = 12n;
  await assert.rejects(follower.step(), /down/);
  state.fails = 0n;
  await follower.step();
  await follower.step();
  assert.deepEqual(seen, ["block 11", "block 12", "block 13"]);
});

test("after a gap all is read anew; a node that is behind, or catching up, has nothing new", async () => {
  const { state, seen, clock, follower } = follow(10n);
  state.height = 100n;
  await follower.step();
  state.height = 90n;
  await follower.step();
  state.catchingUp = true;
  await assert.rejects(follower.step(), /catching up/);
  assert.deepEqual([seen, clock.newest?.height], [["gap 100"], 100n]);
});

test("a node that is replaced by one of another chain ends the gateway", async () => {
  const { state, follower } = follow(10n);
  state.chainId = "other";
  await assert.rejects(follower.step(), (error) => error instanceof CliFault && error.code === "other_chain");
});

test("a closing channel is warned of once a third of its grace is over and its voucher is not redeemed", () => {
  const channel = { channelId: 1n, signed: 9n, redeemed: 2n, since: 0, isClosing: true, voucher: {} as never };
  const at = (height: bigint, isClosing = true) => warningsOf([{ ...channel, isClosing }], () => 160n, height, 60n);
  assert.deepEqual(at(119n), []);
  assert.deepEqual(at(120n), [{ channelId: 1n, amount: 7n, blocksLeft: 40n }]);
  assert.deepEqual(at(150n, false), []);
});
