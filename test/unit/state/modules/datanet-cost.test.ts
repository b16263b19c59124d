import assert from "node:assert/strict";
import { test } from "node:test";
import { readU32be, u64be } from "#proto/bytes.js";
import { GAS } from "#state/gas.js";
import { contributionOf } from "#state/modules/datanet/index.js";
import { person, type Person } from "../world.js";
import { any, bring, CONTRIBUTE, contribution, commit, createDatanet, DatanetWorld, piece } from "./datanet-world.js";

const V1 = "tributary.datanet.v1";
const BLOCK_GAS = 100_000_000n;
const [alice, bob] = ["alice", "bob"].map(person) as [Person, Person];
const CURATED = { admission: 3, curators: [alice.text], threshold: 1, bond: "0" };
const many = (name: string, count: number) => piece(name, ...Array.from({ length: count }, (_, i) => i + 1));

test("gas follows the fingerprints: of a chunk, of an acceptance and of a withdrawal", () => {
  const world = new DatanetWorld({ alice: 10n ** 10n, bob: 10n ** 10n });
  createDatanet(world, alice, CURATED);
  const used = [1_000, 2_000].map((count) => {
    const what = many(`${count}`, count);
    commit(world, bob, what);
    const message = any(CONTRIBUTE, contribution(bob, 1n, what));
    const uploaded = world.run(bob, [message], { gas: BLOCK_GAS });
    const contributionId = BigInt(count / 1_000);
    const verdict = { curator: alice.text, contributionId, verdict: 1, reason: 1, note: "" };
    const accepted = world.run(alice, [any(`${V1}.MsgReviewContribution`, verdict)], { gas: BLOCK_GAS });
    const leaving = { owner: bob.text, contributionId };
    const withdrawn = world.run(bob, [any(`${V1}.MsgWithdrawConsent`, leaving)], { gas: BLOCK_GAS });
    assert.equal(contributionOf(world.base, contributionId)?.status, 5);
    return [uploaded, accepted, withdrawn].map(({ gasUsed }) => gasUsed);
  });
  const [few, twice] = used as [bigint[], bigint[]];
  const each = few.map((gas, i) => (twice[i]! - gas) / 1_000n);
  // 8 bytes of the transaction and of the chunk, two hashes, a look-up, a change.
  const chunk = 8n * (10n + 30n) + 2n * GAS.perHash + GAS.perWindowLookup + GAS.perWindowChange;
  assert.ok(
    each[0]! >= chunk && each[0]! < chunk + 60n,
    `${each[0]} for each fingerprint of a chunk, at least ${chunk}`,
  );
  assert.deepEqual(each.slice(1), [GAS.perWindowChange, GAS.perWindowChange]);
});

test("what a block's gas lets the index change is bounded, for a text that many hold", () => {
  const world = new DatanetWorld({ alice: 10n ** 10n, bob: 10n ** 10n });
  world.invariantsEvery = 1_000n;
  createDatanet(world, alice, CURATED);
  const size = 8_000;
  for (let i = 0; i < 5; i++) {
    const what = many("text", size);
    bring(world, bob, 1n, { ...what, content: piece(`${i}`, i + 1).content });
  }
  const verdicts = [1n, 2n, 3n, 4n, 5n].map((contributionId) =>
    any(`${V1}.MsgReviewContribution`, { curator: alice.text, contributionId, verdict: 1, reason: 1, note: "" }),
  );
  const started = process.cpuUsage();
  const { gasUsed } = world.run(alice, verdicts, { gas: BLOCK_GAS });
  const { user, system } = process.cpuUsage(started);
  const windows = 5 * size;
  assert.ok(gasUsed >= GAS.perWindowChange * BigInt(windows));
  const most = Number(BLOCK_GAS / GAS.perWindowChange);
  const ms = ((user + system) / 1_000) * (most / windows);
  // A bound against work that grows with the holders, not a benchmark: a shared machine is slower than a validator's.
  assert.ok(ms < 2_000, `${ms} ms of a core for the ${most} changes that a block's gas pays for`);
  const print = u64be(7n);
  assert.equal(world.index.place(1n, readU32be(print), readU32be(print, 4)), 1);
});
