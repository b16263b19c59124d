/** When a provider redeems what it holds. */
export interface RedeemPolicy {
  /** Unredeemed fees of a channel that are worth a transaction, in base units. */
  readonly amount: bigint;
  /** How long a smaller sum waits, in milliseconds. */
  readonly ageMs: number;
  /** Blocks before an epoch's end at which everything is redeemed: it enters the batch of the epoch in which it was earned. */
  readonly blocksBeforeEpochEnd: bigint;
}

/** A channel as its provider sees it. */
export interface Redeemable {
  readonly channelId: bigint;
  /** Of the newest voucher, and of the chain. */
  readonly signed: bigint;
  readonly redeemed: bigint;
  /** Since when vouchers are not redeemed, unix milliseconds. */
  readonly since: number;
  /** Its consumer closes it: what is not redeemed in the grace is lost. */
  readonly isClosing: boolean;
}

/** Where the chain is. */
export interface ChainClock {
  readonly height: bigint;
  readonly epochBlocks: bigint;
  /** Unix milliseconds of this machine. */
  readonly now: number;
}

/** Why a channel's voucher is to be redeemed now. */
export type Due = "closing" | "amount" | "age" | "epoch";

/** Why it is due; undefined if it can wait. A closing channel is due in every block until it is redeemed. */
export function dueFor(channel: Redeemable, policy: RedeemPolicy, clock: ChainClock): Due | undefined {
  const waiting = channel.signed - channel.redeemed;
  if (waiting <= 0n) return undefined;
  if (channel.isClosing) return "closing";
  if (waiting >= policy.amount) return "amount";
  if (clock.now - channel.since >= policy.ageMs) return "age";
  const left = clock.epochBlocks - (clock.height % clock.epochBlocks);
  return left <= policy.blocksBeforeEpochEnd ? "epoch" : undefined;
}
