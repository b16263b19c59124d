import { present } from "#proto/assert.js";
import type { Context } from "../../context.js";
import { batches, due, unsettled } from "./keys.js";
import { paramsOf } from "./params.js";
import { settle } from "./settle.js";

/**
 * Settles what is past its deadline, oldest first, until the block's budget is used; the rest waits for the next block.
 * One batch is always settled, so that no batch is too large ever to be.
 */
export function settleDue(context: Context): void {
  const { view } = context;
  const { settleBatchesPerBlock, settleTokensPerBlock } = paramsOf(view);
  let [batchesLeft, tokensLeft] = [settleBatchesPerBlock, BigInt(settleTokensPerBlock)];
  for (;;) {
    const next = firstDue(context);
    if (next === undefined) return;
    const id = firstUnsettled(context, next.epoch);
    if (id === undefined) {
      due.delete(view, [next.deadline, next.epoch]);
      continue;
    }
    const batch = present(batches.get(view, [id]), "an unsettled batch exists");
    const first = batchesLeft === settleBatchesPerBlock;
    if (batchesLeft === 0 || (!first && batch.tokens > tokensLeft)) return;
    settle(context, batch);
    batchesLeft -= 1;
    tokensLeft -= batch.tokens;
  }
}

function firstDue({ view, block }: Context): { deadline: bigint; epoch: bigint } | undefined {
  for (const [[deadline, epoch]] of due.range(view, { limit: 1 })) {
    return deadline <= block.height ? { deadline, epoch } : undefined;
  }
  return undefined;
}

function firstUnsettled({ view }: Context, epoch: bigint): bigint | undefined {
  for (const [[, id]] of unsettled.range(view, { prefix: [epoch], limit: 1 })) return id;
  return undefined;
}
