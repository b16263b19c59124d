import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "#proto/bytes.js";
import { useNatives } from "#node/runtime/natives.js";
import { fetchCommitted } from "#cli/demo/story/recompute/committed.js";
import { differences, recompute } from "#cli/demo/story/recompute/recompute.js";
import { summarise } from "#cli/demo/story/summary.js";
import { tell, type Told } from "#cli/demo/story/tell.js";
import { soloStory } from "./solo.js";

useNatives();

async function told(seed: string) {
  const solo = soloStory(seed);
  return { ...solo, told: await tell(solo.story, () => Promise.resolve()) };
}

/** What must follow from the seed alone. */
function fixed({ redeemed, batches }: Told): unknown {
  return {
    vouchers: redeemed.flatMap(({ vouchers }) =>
      vouchers.map(({ signed: { voucher } }) => [toHex(voucher.auditRoot), voucher.amount, voucher.nonce]),
    ),
    whole: [batches[0]!.settlement!.credited, batches[0]!.settlement!.residual, batches[0]!.settlement!.reasons],
  };
}

test("the whole story on one state machine, twice: the seed fixes receipts, vouchers and the whole batch's credits", async () => {
  const first = await told("twice");
  const { batches, verified, redeemed } = first.told;
  assert.equal(verified, true);
  assert.deepEqual(
    batches.map(({ receipts, settlement }) => [receipts, settlement?.drawn, settlement?.opened]),
    [
      [48n, 48n, 48n],
      [208n, 16n, 16n],
    ],
  );
  assert.ok(batches.every(({ settlement }) => settlement!.credited > 0n && settlement!.residual > 0n));
  assert.equal(redeemed.length, 2);

  const summary = summarise({ ...first.told, height: 1n, validators: 1, appHashes: [] });
  assert.equal(summary.contributions, 15);
  assert.equal(summary.pending, first.told.totals.validators.toString());

  const says = (pattern: RegExp) =>
    assert.ok(
      first.said.some((line) => pattern.test(line)),
      String(pattern),
    );
  says(/exact duplicate was refused: .*contribution_id: 1\b/);
  says(/"On the state of the war" by frank: rejected, near-duplicate/);
  says(/"George Washington, 1790" by alice: accepted, meets-terms/);
  assert.ok(first.stdout.some((text) => text.includes("Who earned what")));

  assert.deepEqual(fixed((await told("twice")).told), fixed(first.told));
});

test("a contribution that was used and never paid has its row of the reasons, and agrees", async () => {
  const { story, told: outcome } = await told("s1");
  const { credits } = await fetchCommitted(story.node, outcome.batches[1]!.id);
  assert.ok(credits.some(({ amount, unpaid }) => amount === 0n && unpaid.length > 0));
  assert.equal(outcome.verified, true);
});

test("a recomputation that differs in one unit, one fingerprint or one owner is not called equal", async () => {
  const { story, told: outcome } = await told("differs");
  const committed = await fetchCommitted(story.node, outcome.batches[1]!.id);
  const recomputed = recompute(committed);
  assert.deepEqual(differences(committed, recomputed), []);

  const [credit, ...credits] = committed.credits;
  const dearer = { ...committed, credits: [{ ...credit!, amount: credit!.amount + 1n }, ...credits] };
  assert.equal(differences(dearer, recomputed).length, 1);
  assert.equal(differences({ ...committed, credits }, recomputed).length, 1);
  const [place] = committed.openings;
  const moved = { ...committed, openings: [{ ...place!, intervalTo: place!.intervalTo + 1n }] };
  assert.throws(() => recompute(moved), /another place/);
  const settlement = { ...committed.batch.settlement!, residual: committed.batch.settlement!.residual - 1n };
  assert.equal(differences({ ...committed, batch: { ...committed.batch, settlement } }, recomputed).length, 1);

  const [opened, ...openings] = committed.openings;
  const tokens = opened!.opening!.tokens.slice();
  tokens[0]! ^= 1;
  const changed = {
    ...committed,
    openings: [{ ...opened!, opening: { ...opened!.opening!, tokens } }, ...openings],
  };
  assert.throws(() => recompute(changed), /wrong root/);
  const withheld = { ...committed, openings };
  assert.notDeepEqual(differences(withheld, recompute(withheld)), []);
});
