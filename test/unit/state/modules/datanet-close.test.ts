import assert from "node:assert/strict";
import { test } from "node:test";
import { treasuryOf } from "#state/modules/datanet/index.js";
import { person, type Person } from "../world.js";
import {
  bring,
  commit,
  CONTRIBUTE,
  contribution,
  createDatanet,
  DatanetWorld,
  piece,
  withdraw,
} from "./datanet-world.js";

const V1 = "tributary.datanet.v1";
const CLOSE = `${V1}.MsgCloseDatanet` as const;
const FUND = `${V1}.MsgFundDatanet` as const;
const [alice, bob] = ["alice", "bob"].map(person) as [Person, Person];
const closing = { creator: alice.text, datanetId: 1n };

test("a datanet without contributions is closed: its deposit returns, its slug is free, and its record stays", () => {
  const world = new DatanetWorld({ alice: 10n ** 9n, bob: 10n ** 9n });
  createDatanet(world, alice);
  const id = bring(world, bob, 1n, piece("a", 1, 2));
  world.do(bob, FUND, { funder: bob.text, datanetId: 1n, amount: "7" }, `${V1}.MsgFundDatanetResponse`);
  assert.equal(world.refusal(bob, CLOSE, { ...closing, creator: bob.text })[0], "datanet/6");
  assert.equal(world.refusal(alice, CLOSE, closing)[0], "datanet/32", "an accepted contribution");
  withdraw(world, bob, id);
  const balance = world.balance(alice);
  assert.equal(world.do(alice, CLOSE, closing, `${V1}.MsgCloseDatanetResponse`).deposit, "10000000");
  assert.equal(world.balance(alice), balance + 10_000_000n - 5_000n);
  assert.equal(treasuryOf(world.base, 1n), 7n);

  assert.equal(world.refusal(alice, CLOSE, closing)[0], "datanet/31", "once");
  assert.equal(world.refusal(bob, FUND, { funder: bob.text, datanetId: 1n, amount: "7" })[0], "datanet/31");
  const set = piece("b", 3);
  commit(world, bob, set);
  assert.equal(world.refusal(bob, CONTRIBUTE, contribution(bob, 1n, set))[0], "datanet/31");
  assert.equal(createDatanet(world, bob), 2n, "another takes the slug");
});

test("what is rejected does not keep a datanet open, and can still be withdrawn", () => {
  const world = new DatanetWorld({ alice: 10n ** 9n, bob: 10n ** 9n });
  createDatanet(world, alice, { admission: 3, curators: [alice.text], threshold: 1, bond: "0" });
  const contributionId = bring(world, bob, 1n, piece("a", 1, 2));
  assert.equal(world.refusal(alice, CLOSE, closing)[0], "datanet/32", "it is in review");
  const verdict = { curator: alice.text, contributionId, verdict: 2, reason: 4, note: "" };
  world.do(alice, `${V1}.MsgReviewContribution`, verdict, `${V1}.MsgReviewContributionResponse`);
  world.do(alice, CLOSE, closing, `${V1}.MsgCloseDatanetResponse`);
  withdraw(world, bob, contributionId);
});
