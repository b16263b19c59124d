import { equalBlockIds } from "#proto/types/block-id.js";
import { isOneHonest, isQuorum, type ValidatorSet } from "#proto/types/validators.js";
import type { BlockId, Tally, Vote, VoteSet } from "./types.js";

/**
 * L75: votes of one round and type, counted by power. A validator's first two distinct votes are always kept, a further
 * one only for a block that more than a third of the power backs. Few blocks can have that backing, so memory is bounded,
 * and no equivocator can hide a quorum that another correct node has seen.
 */
const DISTINCT_VOTES_KEPT = 2;

/** A vote set without votes, for this validator set. */
export function emptyVotes(validators: ValidatorSet): VoteSet {
  return { votes: validators.members.map(() => NO_VOTES), tallies: [], heard: 0n };
}
const NO_VOTES: readonly Vote[] = [];

/** The result of adding a vote. */
export interface Added {
  readonly votes: VoteSet;
  /** The vote counts now; false if it was known or is beyond the bound (L75). */
  readonly isNew: boolean;
  /** The first vote of the same validator, if it differs from this one. */
  readonly contradicts: Vote | undefined;
}

/**
 * Adds a vote whose index is within the set.
 * @param certified part of a verified certificate: kept whatever this validator voted before
 */
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

/** The power of the votes for this block; undefined counts the votes for nil. */
export function powerOf(set: VoteSet, blockId: BlockId | undefined): bigint {
  return set.tallies.find((tally) => equalBlockIds(tally.blockId, blockId))?.power ?? 0n;
}

/** More than two thirds for this block, or for nil. */
export function hasQuorum(set: VoteSet, validators: ValidatorSet, blockId: BlockId | undefined): boolean {
  return isQuorum(powerOf(set, blockId), validators.totalPower);
}

/** Whether more than two thirds have voted, for any block or nil. */
export function hasQuorumOfAny(set: VoteSet, validators: ValidatorSet): boolean {
  return isQuorum(set.heard, validators.totalPower);
}

/**
 * The block (never nil) with more than two thirds of the power. If more than a third equivocates there may be two: the
 * first is returned.
 */
export function quorumBlock(set: VoteSet, validators: ValidatorSet): BlockId | undefined {
  for (const { blockId, power } of set.tallies) {
    if (blockId !== undefined && isQuorum(power, validators.totalPower)) return blockId;
  }
  return undefined;
}

/** The votes for one block, or for nil, ascending by validator index. */
export function votesFor(set: VoteSet, blockId: BlockId | undefined): Vote[] {
  const found: Vote[] = [];
  for (const votes of set.votes) {
    const vote = votes.find((each) => equalBlockIds(each.blockId, blockId));
    if (vote !== undefined) found.push(vote);
  }
  return found;
}

/** The first vote of each validator that voted, ascending by index. */
export function firstVotes(set: VoteSet): Vote[] {
  const found: Vote[] = [];
  for (const [first] of set.votes) if (first !== undefined) found.push(first);
  return found;
}

/** L76: drops nil votes, which decide nothing once their round is over. */
export function withoutNil(set: VoteSet): VoteSet {
  if (powerOf(set, undefined) === 0n) return set;
  return {
    votes: set.votes.map((votes) => votes.filter((vote) => vote.blockId !== undefined)),
    tallies: set.tallies.filter((tally) => tally.blockId !== undefined),
    heard: set.heard,
  };
}
