/** One block as the gateway saw it. */
export interface SeenBlock {
  readonly height: bigint;
  /** Of its header, Unix milliseconds. */
  readonly time: number;
  /** When it was seen first, by this machine's clock: only differences of it are used. */
  readonly seenAt: number;
}

/** Intervals that are averaged. */
const BLOCKS_KEPT = 20;
/** Before two blocks were seen. */
const INTERVAL_MS_DEFAULT = 2_000;

/**
 * How far the gateway's view of the chain is behind. Vouchers must be redeemed within the grace of a channel that closes, so
 * that nothing is served on a view older than a third of it.
 */
export class ChainClock {
  readonly #graceBlocks: bigint;
  readonly #blocks: SeenBlock[] = [];

  constructor(graceBlocks: bigint) {
    this.#graceBlocks = graceBlocks;
  }

  /** The newest block. */
  get newest(): SeenBlock | undefined {
    return this.#blocks.at(-1);
  }

  seen(block: SeenBlock): void {
    this.#blocks.push(block);
    if (this.#blocks.length > BLOCKS_KEPT) this.#blocks.shift();
  }

  /** Milliseconds between blocks, by the times of their headers. */
  get intervalMs(): number {
    const [first, last] = [this.#blocks[0], this.#blocks.at(-1)];
    if (first === undefined || last === undefined || last.height === first.height) return INTERVAL_MS_DEFAULT;
    return Math.max(1, (last.time - first.time) / Number(last.height - first.height));
  }

  /** How old the view may be. */
  get limitMs(): number {
    return (Number(this.#graceBlocks) * this.intervalMs) / 3;
  }

  /** Why nothing may be served now, in words; undefined if the view is fresh. @param now Unix milliseconds */
  staleness(now: number): string | undefined {
    const { newest, limitMs } = this;
    if (newest === undefined) return "no block was seen yet";
    const [since, age] = [now - newest.seenAt, now - newest.time];
    const limit = `${Math.ceil(limitMs / 1_000)} s`;
    if (since > limitMs) return `no block came for ${Math.round(since / 1_000)} s, and ${limit} are allowed`;
    if (Math.abs(age) <= limitMs) return undefined;
    const side = age > 0 ? "behind" : "ahead of";
    return `block ${newest.height} is ${Math.round(Math.abs(age) / 1_000)} s ${side} this machine's clock, and ${limit} are allowed: check the node and the clock`;
  }
}
