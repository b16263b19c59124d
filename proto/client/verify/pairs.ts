import { amountOf, type ContestRecord } from "../../attribution/settled.js";
import type { Messages } from "../../codec/message.js";
import { stateKeys } from "../../light/state-keys.js";
import type { Comparison } from "./compare.js";
import { inOrder, type ProvenState } from "./state.js";

type Pair = Messages["tributary.payout.v1.Pair"];

/** Contested credit of one settled batch. */
export interface BatchContests {
  /** Of the settlement, unix milliseconds. */
  readonly time: bigint;
  readonly contests: readonly ContestRecord[];
}

/**
 * What waits for a title case: for each pair as much as the batches contest, and together nothing else.
 * @param batches all that are settled; each must be booked
 */
export async function comparePairs(
  state: ProvenState,
  batches: readonly BatchContests[],
  found: Comparison,
): Promise<void> {
  const pairs = new Map<string, Pair>();
  let contested = 0n;
  for (const { time, contests } of batches) {
    for (const { seniorId, contributionId, amount } of contests) {
      const name = `${seniorId}/${contributionId}`;
      const none: Pair = { seniorId, contributionId, amount: "0", sinceTime: time, batches: 0n };
      const { amount: sum, sinceTime, batches: count } = pairs.get(name) ?? none;
      pairs.set(name, {
        seniorId,
        contributionId,
        amount: (amountOf(sum) + amountOf(amount)).toString(),
        sinceTime: time < sinceTime ? time : sinceTime,
        batches: count + 1n,
      });
      contested += amountOf(amount);
    }
  }
  await inOrder([...pairs.values()], async (pair) => {
    const what = `credit of contribution ${pair.contributionId} that waits because contribution ${pair.seniorId} contests`;
    const key = stateKeys.payPair(pair.seniorId, pair.contributionId);
    found.record(what, await state.find("tributary.payout.v1.Pair", key, what), pair);
  });
  const what = "the totals of all payouts";
  const totals = await state.find("tributary.payout.v1.Totals", stateKeys.payTotals(), what);
  found.equal(`contested of ${what}`, totals?.contested ?? "0", contested.toString());
}
