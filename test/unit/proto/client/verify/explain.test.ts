import assert from "node:assert/strict";
import { test } from "node:test";
import { stretchesOf } from "#proto/attribution/explain.js";
import { residualReasons } from "#proto/attribution/rule/reasons.js";
import { utf8, utf8Text } from "#proto/bytes.js";
import { present } from "#proto/assert.js";
import type { VerifyFault } from "#proto/client/verify/index.js";
import { explainCredit, explainReceipt, rpcSource, type ReceiptExplanation } from "#proto/client/verify/index.js";
import { readStored, stateKeys } from "#proto/light/state-keys.js";
import { message } from "#proto/codec/message.js";
import { useNatives } from "#node/runtime/natives.js";
import { Market } from "../../../state/market.js";
import { CURATED, ok } from "../../../state/market-seed.js";
import { person } from "../../../state/world.js";
import { Chronicle } from "./served-chain.js";

useNatives();
const PREAMBLE =
  "we the people of the united states in order to form a more perfect union establish justice insure domestic tranquility";
const SPEECH =
  "the state of our nation is strong because our farmers our workers and our inventors have labored without rest this year";
const UNLICENSED = "nobody may use these words without asking their owner for a licence that nobody here has ever had";
const PASSAGE = "a passage of the curated datanet that no release of any version holds was found by an application";
/** Four words of its own before the speech: the window over the seam belongs to no contribution. */
const MIXED = `Now hear this: ${SPEECH.split(" ").slice(0, 12).join(" ")} -- ${PASSAGE}`;

const market = new Market({
  works: [
    { owner: person("alice"), text: PREAMBLE },
    { owner: person("dave"), text: SPEECH, intent: 7 },
    { owner: person("erin"), text: UNLICENSED, eligible: false },
    { owner: person("mallory"), text: SPEECH.split(" ").slice(0, 9).join(" "), eligible: false },
    { owner: person("carol"), text: PASSAGE, datanet: CURATED },
  ],
});
const chronicle = new Chronicle(market);
const grace = person("grace");
const channel = market.open(grace, 100_000_000n);
market.blocks(1); // Requests name a block after the acceptance.
const said: readonly { readonly answer: string; readonly prompt?: string; readonly marked?: string }[] = [
  { answer: PREAMBLE },
  { answer: MIXED, marked: PASSAGE },
  { answer: UNLICENSED },
  { answer: PREAMBLE, prompt: PREAMBLE },
  { answer: `They found a passage of the curated datanet that no other holds`, marked: PASSAGE },
  { answer: MIXED },
];
for (const { answer, prompt, marked } of said) {
  const texts = marked === undefined ? [] : [{ kind: "marked" as const, text: marked, datanet: CURATED }];
  market.ask(channel, 10_007n, answer, prompt, { texts, datanets: marked === undefined ? [] : [CURATED] });
}
const batchId = 1n;
const whole = market.redeem(channel, market.sign(channel, true));
market.endEpoch();
assert.equal(market.openSample(market.bob, batchId, market.wanted(batchId, [whole]).slice(0, 5)).code, 0);
market.blocks(20);
assert.ok(market.batch(batchId).settlement !== undefined);
const { genesis } = chronicle;
const chain = await chronicle.serve();

const explain = (index: number, answer?: string): Promise<ReceiptExplanation> => {
  const question = { batchId, voucherId: whole.voucherId, index: BigInt(index), answer, now: chain.now };
  return explainReceipt(rpcSource(chain.client()), genesis, question);
};

/** The words of each stretch, with the paid contribution or the reason for none, and the contesting one. */
function stretches({ tokens, ranges }: ReceiptExplanation, answer: string): unknown[] {
  const bytes = utf8(answer);
  const places = present(ranges, "the answer was given");
  return stretchesOf(tokens).map(({ from, to, payee, reason, contester, byRun, unlicensed }) => {
    const words = utf8Text(bytes.subarray(places[from]!.from, places[to - 1]!.to));
    const more = [...(byRun ? ["run"] : []), ...(contester === undefined ? [] : [`contested by ${contester}`])];
    const first = unlicensed === undefined ? [] : [`of ${unlicensed}`];
    return [words, payee ?? `reason ${reason}`, ...more, ...first].join(" | ");
  });
}

test("an answer that quotes one contribution is paid to it, every word", async () => {
  const explained = await explain(0, PREAMBLE);
  assert.deepEqual(stretches(explained, PREAMBLE), [`${PREAMBLE} | 1`]);
  assert.equal(explained.contributions.get(1n)?.owner, person("alice").text);
  assert.equal(explained.pay.credits[0]!.tokens, 20);
});

test("words by paid contribution: own words unpaid, contested ones with both, a marked passage through its datanet", async () => {
  const { notEligible, unmatched } = residualReasons;
  assert.deepEqual(stretches(await explain(1, MIXED), MIXED), [
    `Now hear this | reason ${unmatched}`,
    "the state of our nation is strong because our | 2 | contested by 4",
    "farmers our workers | 2",
    `${PASSAGE} | 5`,
  ]);
  assert.deepEqual(stretches(await explain(2, UNLICENSED), UNLICENSED), [
    `${UNLICENSED} | reason ${notEligible} | of 3`,
  ]);
  assert.deepEqual(stretches(await explain(3, PREAMBLE), PREAMBLE), [`${PREAMBLE} | reason 1`]);
  const { answer } = said[4]!;
  assert.deepEqual(stretches(await explain(4, answer), answer), [
    `They found | reason ${unmatched}`,
    "a passage of the curated datanet that no | 5",
    `other holds | reason ${unmatched}`,
  ]);
});

test("tokens add up to what the receipt pays, and the receipts to the credit", async () => {
  for (const index of [0, 1, 2, 3, 4]) {
    const { tokens, pay, share, ruling } = await explain(index);
    for (const { committer, tokens: count, contested } of pay.credits) {
      const own = tokens.filter(({ payee }) => payee === committer.contribution);
      assert.equal(own.length, count);
      assert.equal(
        own.some(({ contester }) => contester !== undefined),
        contested > 0n,
      );
    }
    const amounts = [...pay.credits, ...pay.residual].map(({ amount }) => amount);
    assert.equal(
      amounts.reduce((sum, amount) => sum + amount, 0n),
      share.pool,
    );
    assert.equal(tokens.length, ruling.payee.length);
  }
  for (const contributionId of [1n, 2n, 5n]) {
    const explained = await explainCredit(rpcSource(chain.client()), genesis, {
      batchId,
      contributionId,
      now: chain.now,
    });
    const { credit, receipts } = explained;
    const sum = (of: (one: (typeof receipts)[number]) => bigint): string =>
      receipts.reduce((total, one) => total + of(one), 0n).toString();
    assert.equal(
      credit?.amount,
      sum(({ amount }) => amount),
    );
    assert.equal(
      credit.contested,
      sum(({ contested }) => contested),
    );
    assert.equal(
      credit.tokens.toString(),
      sum(({ tokens }) => BigInt(tokens)),
    );
    assert.equal(credit.receipts, BigInt(receipts.length));
  }
  const none = await explainCredit(rpcSource(chain.client()), genesis, { batchId, contributionId: 3n, now: chain.now });
  assert.deepEqual([none.credit, none.receipts], [undefined, []]);
});

test("without its words an answer is explained by counts; other words are refused by name", async () => {
  assert.equal((await explain(0)).ranges, undefined);
  const refused = (answer: string, why: RegExp) =>
    assert.rejects(explain(0, answer), (error: VerifyFault) => {
      assert.equal(error.code, "other_answer");
      assert.match(error.message, why);
      return true;
    });
  await refused(PREAMBLE.replace("perfect", "imperfect"), /not the opened answer: token 14 is another/);
  await refused(`${PREAMBLE} and more`, /which has 20 tokens and not 22: token 21 is another/);
  await refused("", /which has 20 tokens and not 0: token 1 is another/);
  // Look-alikes, case and marks between words are one text for the rule.
  assert.equal((await explain(0, PREAMBLE.toUpperCase().replace("PEOPLE", "PE\u039fPLE, "))).ranges?.length, 20);
});

test("what is not opened, not there or not what the chain recorded is not explained", async () => {
  const named = (code: string, what: string) => (error: VerifyFault) => {
    assert.deepEqual([error.code, error.what], [code, what]);
    return true;
  };
  await assert.rejects(explain(5), named("missing", "opening of receipt 5 under voucher 1"));
  const source = rpcSource(chain.client());
  const credit = (question: { batchId: bigint; contributionId: bigint }) =>
    explainCredit(source, genesis, { ...question, now: chain.now });
  await assert.rejects(credit({ batchId: 9n, contributionId: 1n }), named("no_batch", "batch 9 does not exist"));
  await assert.rejects(credit({ batchId, contributionId: 77n }), named("missing", "contribution 77"));
  const name = "tributary.attribution.v1.Credit";
  const wrong = await chronicle.serve((key, value) => {
    if (key.join() !== stateKeys.credit(batchId, 1n).join()) return value;
    const record = ok(readStored(name, value));
    return Uint8Array.from([1, ...message(name).encode({ ...record, amount: `${BigInt(record.amount) + 1n}` })]);
  });
  await assert.rejects(
    explainCredit(rpcSource(wrong.client()), genesis, { batchId, contributionId: 1n, now: wrong.now }),
    named("payout_wrong", "amount of credit of contribution 1 in batch 1"),
  );
});
