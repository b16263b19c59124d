import { present } from "#proto/assert.js";
import { epochAt, formedHeight, newEpoch, withBlock } from "#proto/attribution/epoch.js";
import type { Context } from "../../context.js";
import { beaconFixed, epochFormed } from "./events.js";
import { due, epochs, unsettled, waiting } from "./keys.js";
import { paramsOf } from "./params.js";

/**
 * The sample of an epoch's batches must be unknown when they are formed, and no single proposer may choose it
 * (proto/attribution/epoch.ts). Cost: one record a block for each epoch that waits.
 */
export function advanceEpochs(context: Context): void {
  for (const [[number]] of [...waiting.range(context.view)]) contribute(context, number);
  formEpoch(context);
}

function formEpoch(context: Context): void {
  const { view, block } = context;
  const { epochBlocks } = paramsOf(view);
  const number = epochAt(block.height, epochBlocks);
  if (formedHeight(number, epochBlocks) !== block.height || !hasUnsettled(context, number)) return;
  const epoch = newEpoch(number, block.height, block.time);
  epochs.put(view, [number], epoch);
  waiting.put(view, [number], true);
  epochFormed(context, epoch);
}

function contribute(context: Context, number: bigint): void {
  const { view, block } = context;
  if (!hasUnsettled(context, number)) return waiting.delete(view, [number]);
  const before = present(epochs.get(view, [number]), "an epoch that waits was formed");
  const epoch = withBlock(before, block, paramsOf(view).windowBlocks);
  if (epoch === before) return;
  epochs.put(view, [number], epoch);
  if (epoch.beacon.length === 0) return;
  waiting.delete(view, [number]);
  due.put(view, [epoch.deadline, number], true);
  beaconFixed(context, epoch);
}

function hasUnsettled({ view }: Context, epoch: bigint): boolean {
  for (const _ of unsettled.range(view, { prefix: [epoch], limit: 1 })) return true;
  return false;
}
