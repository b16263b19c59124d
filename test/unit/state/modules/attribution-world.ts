import assert from "node:assert/strict";
import { present } from "#proto/assert.js";
import { BILLIONTHS } from "#proto/amount.js";
import type { ErrorCode } from "#proto/rejection.js";
import { Market, type MarketOptions, type Redeemed } from "../market.js";
import { person } from "../world.js";

export const [alice, dave, grace, heidi] = ["alice", "dave", "grace", "heidi"].map(person) as [
  ReturnType<typeof person>,
  ReturnType<typeof person>,
  ReturnType<typeof person>,
  ReturnType<typeof person>,
];

/** Twenty words each. */
export const PREAMBLE =
  "we the people of the united states in order to form a more perfect union establish justice insure domestic tranquility";
export const SPEECH =
  "the state of our nation is strong because our farmers our workers and our inventors have labored without rest this";
export const OTHER = "nobody ever wrote these seven words before in any text of this little test world of ours";

export const two: MarketOptions = {
  works: [
    { owner: alice, text: PREAMBLE },
    { owner: dave, text: SPEECH },
  ],
};

export const units = (amount: bigint | number): string => (BigInt(amount) * BILLIONTHS).toString();

export function refuses(result: { code: number; codespace: string; log: string }, error: ErrorCode, names = ""): void {
  assert.equal(`${result.codespace}/${result.code}`, `${error.codespace}/${error.code}`, result.log);
  assert.match(result.log, new RegExp(names));
}

export function taken(result: { code: number; log: string }): void {
  assert.equal(result.code, 0, result.log);
}

/** One batch of the given answers, formed. Of a fee of 10,000 the pool is 3,000. */
export function formed(
  options: Partial<MarketOptions>,
  answers: readonly string[],
  openAll = true,
  fee = 10_000n,
): { m: Market; redeemed: Redeemed; batchId: bigint } {
  const m = new Market({ ...two, ...options });
  const channel = m.open(grace, 100_000_000n);
  for (const answer of answers) m.ask(channel, fee, answer);
  const redeemed = m.redeem(channel, m.sign(channel, openAll));
  m.endEpoch();
  return { m, redeemed, batchId: redeemed.batchId };
}

/** Opens all that is wanted of one voucher, and settles. */
export function openAndSettle(m: Market, redeemed: Redeemed): void {
  taken(m.openSample(m.bob, redeemed.batchId, m.wanted(redeemed.batchId, [redeemed])));
  taken(m.settle(heidi, redeemed.batchId));
}

export function settled(options: Partial<MarketOptions>, answers: readonly string[], openAll = true) {
  const { m, redeemed, batchId } = formed(options, answers, openAll);
  if (!openAll) m.blocks(1);
  openAndSettle(m, redeemed);
  const settlement = present(m.batch(batchId).settlement, "it is settled in the block that asks for it");
  return { m, batchId, redeemed, credits: m.credits(batchId), settlement };
}
