import { present } from "#proto/assert.js";
import type { Context } from "../../context.js";
import { bookCredits } from "./book.js";
import { batches, due, progress, settling, unsettled } from "./keys.js";
import { paramsOf } from "./params.js";
import { settleReceipts, type Step } from "./settle.js";

/**
 * Goes on with settling: what is under way or asked for first, then what is past its deadline, oldest first. A step begins as
 * long as the block's work is not used up, so that a block does at most one receipt or booking more than that; the rest waits
 * for the next block.
 */
export function settleDue(context: Context): void {
  const { view } = context;
  let left = paramsOf(view).settleWorkPerBlock;
  while (left > 0) {
    const id = underWay(context) ?? nextDue(context);
    if (id === undefined) return;
    const { work, done } = step(context, id, left);
    left -= Math.max(work, 1);
    if (done) settling.delete(view, [id]);
    else settling.put(view, [id], true);
  }
}

function step(context: Context, id: bigint, budget: number): Step {
  const { view } = context;
  const batch = present(batches.get(view, [id]), "a batch that is settled exists");
  if (batch.settlement === undefined) return settleReceipts(context, batch, budget);
  const before = present(progress.get(view, [id]), "what is being booked has its progress");
  return bookCredits(context, batch, before, budget);
}

function underWay({ view }: Context): bigint | undefined {
  for (const [[id]] of settling.range(view, { limit: 1 })) return id;
  return undefined;
}

/** The oldest batch past its deadline. An epoch whose batches are all settled leaves the queue. */
function nextDue({ view, block }: Context): bigint | undefined {
  for (;;) {
    const [next] = [...due.range(view, { limit: 1 })];
    if (next === undefined || next[0][0] > block.height) return undefined;
    const [deadline, epoch] = next[0];
    for (const [[, id]] of unsettled.range(view, { prefix: [epoch], limit: 1 })) return id;
    due.delete(view, [deadline, epoch]);
  }
}
