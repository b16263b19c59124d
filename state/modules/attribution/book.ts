import { present } from "#proto/assert.js";
import { WORK } from "#proto/attribution/work.js";
import type { Context } from "../../context.js";
import { contributionOf, treasuryBasisPoints } from "../datanet/index.js";
import { bookCredit } from "../payout/index.js";
import { contributionCredited } from "./events.js";
import { contests, credits, progress } from "./keys.js";
import type { Step } from "./settle.js";
import type { Batch, Progress } from "./types.js";

/** Goes on with booking the credits of a settled batch, ascending by contribution, until `budget` is used up: at least one. */
export function bookCredits(context: Context, batch: Batch, before: Progress, budget: number): Step {
  const { view } = context;
  const settlement = present(batch.settlement, "credits of a settled batch are booked");
  let work = 0;
  for (const [[, contributionId], credit] of [
    ...credits.range(view, {
      prefix: [batch.id],
      from: [batch.id, before.contributionId],
      limit: Math.ceil(budget / WORK.booking) + 1,
    }),
  ]) {
    if (work >= budget && work > 0) {
      progress.put(view, [batch.id], { ...before, contributionId });
      return { work, done: false };
    }
    const contribution = present(contributionOf(view, contributionId), "a credited contribution exists");
    const pairs = [...contests.range(view, { prefix: [batch.id, contributionId] })].map(([, pair]) => pair);
    bookCredit(context, { batch, settlement }, credit, pairs, treasuryBasisPoints(view, contribution));
    contributionCredited(context, credit);
    work += WORK.booking * (1 + pairs.length);
  }
  progress.delete(view, [batch.id]);
  return { work, done: true };
}
