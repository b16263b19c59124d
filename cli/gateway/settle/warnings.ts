import type { SettledChannel } from "./settler.js";

/** Money that is lost unless somebody acts. */
export interface Warning {
  readonly channelId: bigint;
  /** Signed and not redeemed, in base units. */
  readonly amount: bigint;
  readonly blocksLeft: bigint;
}

/** Closing channels whose vouchers are still not redeemed when more than this part of the grace is over. */
const PART = 3n;

/** @param ends by channel, the height from which nothing is redeemed @param graceBlocks of the chain */
export function warningsOf(
  channels: readonly SettledChannel[],
  ends: (channelId: bigint) => bigint,
  height: bigint,
  graceBlocks: bigint,
): Warning[] {
  return channels
    .filter(({ isClosing }) => isClosing)
    .map(({ channelId, signed, redeemed }) => ({
      channelId,
      amount: signed - redeemed,
      blocksLeft: ends(channelId) - height,
    }))
    .filter(({ blocksLeft }) => blocksLeft <= graceBlocks - graceBlocks / PART);
}
