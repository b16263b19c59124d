import { equalBlockIds } from "#proto/types/block-id.js";
import { isOneHonest, isQuorum, type ValidatorSet } from "#proto/types/validators.js";
import type { BlockId, Tally, Vote, VoteSet } from "./types.js";

/**
 * Votes of one round and type, counted by power. A validator's first two distinct votes are kept whatever they say, and
 * a further one only for a block that more than a third of the power backs: at most a handful of blocks are so backed,
 * so memory is bounded, and no equivocator can hide from us a quorum that another correct node has seen (L75).
 */
const DISTINCT_VOTES_KEPT = 2;

export function emptyVotes(validators: ValidatorSet): VoteSet {
  return { votes: validators.members.map(() => NO_VOTES), tallies: [], heard: 0n };
}
const NO_VOTES: readonly Vote[] = [];

export interface Added {
  readonly votes: VoteSet;
  /** The vote counts now; false for one that was known or is one too many. */
  readonly isNew: boolean;
  /** The first vote of the same validator, when it said something else. */
  readonly contradicts: Vote | undefined;
}

/** @param certified part of a verified certificate: kept whatever this validator said before */
export function addVote(set: VoteSet, validators: ValidatorSet, vote: Vote, certified: boolean): Added {
  const before = set.votes[vote.index] ?? NO_VOTES;
  const known = before.some((other) => equalBlockIds(other.blockId, vote.blockId));
  if (known) return { votes: set, isNew: false, contradicts: undefined };
  const contradicts = before[0];
  const backed = certified || isOneHonest(powerOf(set, vote.blockId), validators.totalPower);
  if (before.length >= DISTINCT_VOTES_KEPT && !backed) return { votes: set, isNew: false, contradicts };

  const power = validators.members[vote.index]!.power;
  const votes = set.votes.with(vote.index, [...before, vote]);
  const heard = before.length === 0 ? set.heard + power : set.heard;
  return { votes: { votes, tallies: counted(set.tallies, vote.blockId, power), heard }, isNew: true, contradicts };
}

function counted(tallies: readonly Tally[], blockId: BlockId | undefined, power: bigint): readonly Tally[] {
  const at = tallies.findIndex((tally) => equalBlockIds(tally.blockId, blockId));
  if (at < 0) return [...tallies, { blockId, power }];
  return tallies.with(at, { blockId, power: tallies[at]!.power + power });
}

export function powerOf(set: VoteSet, blockId: BlockId | undefined): bigint {
  return set.tallies.find((tally) => equalBlockIds(tally.blockId, blockId))?.power ?? 0n;
}

/** More than two thirds for this block, or for nil. */
export function hasQuorum(set: VoteSet, validators: ValidatorSet, blockId: BlockId | undefined): boolean {
  return isQuorum(powerOf(set, blockId), validators.totalPower);
}

/** More than two thirds have voted, whatever they said. */
export function hasQuorumOfAny(set: VoteSet, validators: ValidatorSet): boolean {
  return isQuorum(set.heard, validators.totalPower);
}

/** The block (never nil) with more than two thirds. With more than a third of equivocators there may be two: the first. */
export function quorumBlock(set: VoteSet, validators: ValidatorSet): BlockId | undefined {
  for (const { blockId, power } of set.tallies) {
    if (blockId !== undefined && isQuorum(power, validators.totalPower)) return blockId;
  }
  return undefined;
}

/** The votes for one block, by index. */
export function votesFor(set: VoteSet, blockId: BlockId | undefined): Vote[] {
  const found: Vote[] = [];
  for (const votes of set.votes) {
    const vote = votes.find((each) => equalBlockIds(each.blockId, blockId));
    if (vote !== undefined) found.push(vote);
  }
  return found;
}

/** The first vote of each validator that voted, by index. */
export function firstVotes(set: VoteSet): Vote[] {
  const found: Vote[] = [];
  for (const [first] of set.votes) if (first !== undefined) found.push(first);
  return found;
}

/** L76: nil votes of rounds that are over decide nothing more. */
export function withoutNil(set: VoteSet): VoteSet {
  if (powerOf(set, undefined) === 0n) return set;
  return {
    votes: set.votes.map((votes) => votes.filter((vote) => vote.blockId !== undefined)),
    tallies: set.tallies.filter((tally) => tally.blockId !== undefined),
    heard: set.heard,
  };
}
