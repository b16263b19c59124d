import { compareBytes, type Bytes } from "../bytes.js";
import type { Messages } from "../codec/message.js";
import { isOneHonest } from "../types/validators.js";

/**
 * A run of blocks whose batches are formed together, and the beacon that samples them: the first one after proposers with
 * more than a third of the power have contributed since the epoch's last block. It is unknown when the batches are
 * formed, and no single proposer can choose it.
 */
export type Epoch = Messages["tributary.attribution.v1.Epoch"];

/** The epoch of a height: epoch e contains the blocks e * n + 1 to (e + 1) * n. */
export function epochAt(height: bigint, epochBlocks: bigint): bigint {
  return (height - 1n) / epochBlocks;
}

/** The last block of an epoch, in which its batches are formed. */
export function formedHeight(epoch: bigint, epochBlocks: bigint): bigint {
  return (epoch + 1n) * epochBlocks;
}

/**
 * An epoch at its last block. The beacon of that block does not count, because it was known before the batches were
 * formed.
 * @param time block time, unix milliseconds
 */
export function newEpoch(number: bigint, height: bigint, time: bigint): Epoch {
  const NOTHING = new Uint8Array(0);
  const none = { proposers: [], power: 0n, beacon: NOTHING, beaconHeight: 0n, deadline: 0n };
  return { number, formedHeight: height, formedTime: time, ...none };
}

/** The data of a later block that decides the epoch's beacon. */
export interface BeaconBlock {
  readonly height: bigint;
  readonly proposer: Bytes;
  readonly proposerPower: bigint;
  readonly totalPower: bigint;
  readonly beacon: Bytes;
}

/**
 * The epoch after one more block; the same object if nothing changes. Fixes beacon and deadline once the proposers hold
 * more than a third of the power. Needs an epoch without a beacon.
 */
export function withBlock(epoch: Epoch, block: BeaconBlock, windowBlocks: bigint): Epoch {
  const { height, beacon, proposer, proposerPower, totalPower } = block;
  const proposers = withProposer(epoch.proposers, proposer);
  const power = proposers === epoch.proposers ? epoch.power : epoch.power + proposerPower;
  if (isOneHonest(power, totalPower)) {
    return { ...epoch, proposers, power, beacon, beaconHeight: height, deadline: height + windowBlocks };
  }
  return proposers === epoch.proposers ? epoch : { ...epoch, proposers, power };
}

/** Ascending; the same list when the proposer has contributed before. */
function withProposer(list: Bytes[], proposer: Bytes): Bytes[] {
  const at = list.findIndex((known) => compareBytes(known, proposer) >= 0);
  if (at < 0) return [...list, proposer];
  return compareBytes(list[at]!, proposer) === 0 ? list : [...list.slice(0, at), proposer, ...list.slice(at)];
}
