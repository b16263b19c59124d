import type { Bytes } from "#proto/bytes.js";
import { isRejection } from "#proto/rejection.js";
import { partsKey, type BlockId, type PartSetHeader } from "#proto/types/block-id.js";
import type { BlockPart } from "#proto/types/parts.js";
import { decodeConsensusFrame, type ConsensusFrame } from "#proto/wire/consensus.js";

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
  /** By part set: whether it is for the deceived. */
  readonly #sideOf = new Map<string, boolean>();

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

  /** Withholds the block that the other side is to decide. */
  fits(peer: string, bytes: Bytes): boolean {
    const frame = decodeConsensusFrame(bytes);
    if (isRejection(frame)) return true;
    return !blocksIn(frame).some((name) => this.#sideOf.get(name) === !this.isDeceived(peer));
  }

  twinsAt(height: bigint, round: number): Twins | undefined {
    return this.#twins.get(`${height}/${round}`);
  }

  addTwins(height: bigint, round: number, twins: Twins): void {
    this.#twins.set(`${height}/${round}`, twins);
    this.#sideOf.set(partsKey(twins.first.parts!), false);
    this.#sideOf.set(partsKey(twins.second.parts!), true);
  }
}

/** Part sets of the blocks that a frame speaks of. */
function blocksIn(frame: ConsensusFrame): string[] {
  const of = (id: { readonly parts: PartSetHeader | undefined } | undefined): string[] =>
    id?.parts === undefined ? [] : [partsKey(id.parts)];
  switch (frame.kind) {
    case "vote":
    case "proposal":
    case "polka":
    case "commit":
      return of(frame.value.blockId);
    case "round":
      return frame.value.votes.flatMap((vote) => of(vote.blockId));
    case "part":
      return of(frame.value);
    case "status":
    case "neighbours":
      return [];
  }
}
