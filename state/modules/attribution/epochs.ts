import { compareBytes, type Bytes } from "#proto/bytes.js";
import { present } from "#proto/assert.js";
import type { Context } from "../../context.js";
import { beaconFixed, epochFormed } from "./events.js";
import { due, epochs, unsettled, waiting } from "./keys.js";
import { epochAt, formedHeight, paramsOf } from "./params.js";
import type { Epoch } from "./types.js";

/**
 * The sample of an epoch's batches must not be known to whoever formed them, nor chosen by one proposer: its beacon is the
 * first one after proposers of more than a third of the power have contributed since the epoch's last block.
 * Cost: one record a block for each epoch that waits.
 */
export function advanceEpochs(context: Context): void {
  for (const [[number]] of [...waiting.range(context.view)]) contribute(context, number);
  formEpoch(context);
}

/** The last block of an epoch commits to its batches; its own beacon came before and does not count. */
function formEpoch(context: Context): void {
  const { view, block } = context;
  const settings = paramsOf(view);
  const number = epochAt(block.height, settings);
  if (formedHeight(number, settings) !== block.height || !hasUnsettled(context, number)) return;
  const epoch: Epoch = {
    number,
    formedHeight: block.height,
    formedTime: block.time,
    proposers: [],
    power: 0n,
    beacon: new Uint8Array(0),
    beaconHeight: 0n,
    deadline: 0n,
  };
  epochs.put(view, [number], epoch);
  waiting.put(view, [number], true);
  epochFormed(context, epoch);
}

function contribute(context: Context, number: bigint): void {
  const { view, block } = context;
  if (!hasUnsettled(context, number)) return waiting.delete(view, [number]);
  const before = present(epochs.get(view, [number]), "an epoch that waits was formed");
  const proposers = withProposer(before.proposers, block.proposer);
  const power = proposers === before.proposers ? before.power : before.power + block.proposerPower;
  if (3n * power <= block.totalPower) {
    if (proposers !== before.proposers) epochs.put(view, [number], { ...before, proposers, power });
    return;
  }
  const deadline = block.height + paramsOf(view).windowBlocks;
  const { beacon, height: beaconHeight } = block;
  const epoch: Epoch = { ...before, proposers, power, beacon, beaconHeight, deadline };
  epochs.put(view, [number], epoch);
  waiting.delete(view, [number]);
  due.put(view, [deadline, number], true);
  beaconFixed(context, epoch);
}

/** The same list when the proposer has contributed before. */
function withProposer(proposers: readonly Bytes[], proposer: Bytes): Bytes[] {
  const list = proposers as Bytes[];
  const at = list.findIndex((known) => compareBytes(known, proposer) >= 0);
  if (at < 0) return [...list, proposer];
  return compareBytes(list[at]!, proposer) === 0 ? list : [...list.slice(0, at), proposer, ...list.slice(at)];
}

function hasUnsettled({ view }: Context, epoch: bigint): boolean {
  for (const _ of unsettled.range(view, { prefix: [epoch], limit: 1 })) return true;
  return false;
}
