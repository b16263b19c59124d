import type { BlockId } from "#proto/types/block.js";
import type { BlockPart } from "#proto/types/parts.js";

/** Two blocks of one proposer in one place. */
export interface Twins {
  readonly first: BlockId;
  readonly second: BlockId;
  readonly secondParts: readonly BlockPart[];
}

/** off: all behave. on: each for itself. fork: together they try to make the deceived decide something else. */
export type PlotMode = "off" | "on" | "fork";

/** What the dishonest machines of a cluster agree on. */
export class Plot {
  mode: PlotMode = "on";
  /** Peers that are told the second of everything. */
  readonly #deceived = new Set<string>();
  readonly #twins = new Map<string, Twins>();

  constructor(deceived: Iterable<string>) {
    this.deceive(deceived);
  }

  deceive(peers: Iterable<string>): void {
    this.#deceived.clear();
    for (const peer of peers) this.#deceived.add(peer);
  }

  isDeceived(peer: string): boolean {
    return this.#deceived.has(peer);
  }

  twinsAt(height: bigint, round: number): Twins | undefined {
    return this.#twins.get(`${height}/${round}`);
  }

  addTwins(height: bigint, round: number, twins: Twins): void {
    this.#twins.set(`${height}/${round}`, twins);
  }
}
