import type { Vote } from "#consensus/types.js";
import { toHex } from "#proto/bytes.js";

/**
 * How many different votes of one validator for one height, round and type are taken. Two prove the crime; a correct
 * node that needs another one gets it inside a certificate. Without a bound one key could fill logs and links.
 */
const DISTINCT_VOTES_MAX = 4;

export interface VoteSlots {
  /** False for one vote too many, and beyond the current round for a vote that is not the validator's latest. */
  take(vote: Vote, currentRound: number): boolean;
  dropBelow(height: bigint): void;
}

interface Slots {
  readonly counts: Map<string, number>;
  /** By validator and type: the highest round taken. */
  readonly latest: Map<string, number>;
}

export function voteSlots(): VoteSlots {
  const heights = new Map<bigint, Slots>();
  return {
    take(vote, currentRound) {
      let slots = heights.get(vote.height);
      if (slots === undefined) heights.set(vote.height, (slots = { counts: new Map(), latest: new Map() }));
      const author = `${vote.type}/${toHex(vote.validator)}`;
      if (vote.round > currentRound + 1) {
        if (vote.round <= (slots.latest.get(author) ?? -1)) return false;
        slots.latest.set(author, vote.round);
        return true;
      }
      const slot = `${author}/${vote.round}`;
      const count = slots.counts.get(slot) ?? 0;
      slots.counts.set(slot, count + 1);
      return count < DISTINCT_VOTES_MAX;
    },
    dropBelow(height) {
      for (const each of heights.keys()) if (each < height) heights.delete(each);
    },
  };
}
