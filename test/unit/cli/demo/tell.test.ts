import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "#proto/bytes.js";
import { residualReasons } from "#proto/attribution/rule/reasons.js";
import { useNatives } from "#node/runtime/natives.js";
import { summarise } from "#cli/demo/story/summary.js";
import { tell, type Told } from "#cli/demo/story/tell.js";
import { soloStory } from "./solo.js";

useNatives();

async function told(seed: string) {
  const solo = soloStory(seed);
  return { ...solo, told: await tell(solo.story, () => Promise.resolve()) };
}

/** What must follow from the seed and the heights at which things happen. */
function fixed({ redeemed, batches }: Told): unknown {
  return {
    vouchers: redeemed.flatMap(({ vouchers }) =>
      vouchers.map(({ signed: { voucher } }) => [toHex(voucher.auditRoot), voucher.amount, voucher.nonce]),
    ),
    whole: [batches[0]!.settlement!.credited, batches[0]!.settlement!.residual, batches[0]!.settlement!.reasons],
  };
}

const first = await told("twice");

test("the whole story on one state machine: every batch is opened, paid, and recomputed from proven bytes", () => {
  const { batches, verified, redeemed } = first.told;
  assert.equal(verified, true);
  assert.deepEqual(
    batches.map(({ receipts, settlement }) => [receipts, settlement?.drawn, settlement?.opened]),
    [
      [48n, 48n, 48n],
      [208n, 16n, 16n],
    ],
  );
  for (const { settlement } of batches) {
    assert.ok(BigInt(settlement!.credited) > 0n && BigInt(settlement!.residual) > 0n);
    assert.equal(settlement!.forfeited, 0n);
  }
  assert.equal(redeemed.length, 2);

  const summary = summarise({ ...first.told, height: 1n, validators: 1, appHashes: [] });
  assert.equal(summary.contributions, 15);
});

test("nothing but contested credit, parts of units and the validators' part waits at the end", () => {
  const { totals, batches } = first.told;
  const contested = batches.reduce((sum, { settlement }) => sum + BigInt(settlement!.contested), 0n);
  assert.ok(contested > 0n);
  const owners = 6n; // Five who are paid, and the dust: each waits for less than a unit.
  const waiting = totals.pending - contested / 1_000_000_000n;
  assert.ok(waiting >= 0n && waiting <= owners, waiting.toString());
});

test("the user's own words are not paid; a text that no release holds is paid where a request marks it", () => {
  const { batches } = first.told;
  const echo = batches[0]!.settlement!.reasons.find(({ reason }) => reason === residualReasons.promptEcho);
  assert.ok(echo !== undefined && echo.tokens > 0n);
  const statement = first.stdout.find((text) => text.includes("Who earned what"));
  assert.match(statement ?? "", /frank +1 +16 "John F Kennedy, 1963" +[1-9]/);
});

test("what is said and printed is what happened", () => {
  const says = (pattern: RegExp) =>
    assert.ok(
      first.said.some((line) => pattern.test(line)),
      String(pattern),
    );
  says(/exact duplicate was refused: .*contribution_id: 1\b/);
  says(/"On the state of the war" by frank: rejected, near-duplicate/);
  says(/"George Washington, 1790" by alice: accepted, meets-terms/);
  says(/verify payout: 2 batches agree to the last unit/);
  const prints = (pattern: RegExp) =>
    assert.ok(
      first.stdout.some((text) => pattern.test(text)),
      String(pattern),
    );
  prints(/± error/);
  prints(/What is contested, and waits\n.*\n1 +\d+ ".*" by \w+ +\d+ ".*" by \w+/);
  prints(/From use to pay, in seconds/);
  prints(/One answer, word by word\n[^]*PAID TO/);
});

test("the same seed tells the same story", async () => {
  assert.deepEqual(fixed((await told("twice")).told), fixed(first.told));
});
