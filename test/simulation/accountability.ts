import { votesOf } from "#consensus/certificates.js";
import type { Input } from "#consensus/types.js";
import { equalBytes, toHex } from "#proto/bytes.js";
import {
  areConflictingProposals,
  areConflictingVotes,
  compareProposals,
  compareVotes,
} from "#proto/evidence/conflict.js";
import { blockKey, equalBlockIds, type BlockId } from "#proto/types/block-id.js";
import { indexOf, isQuorum, type Member, type ValidatorSet } from "#proto/types/validators.js";
import { PRECOMMIT, PREVOTE, type Proposal, type Vote } from "#proto/types/vote.js";

/** Everything that honest nodes have heard of one height, joined: each vote and proposal once. */
export interface Heard {
  readonly votes: Map<string, Vote>;
  readonly proposals: Map<string, Proposal>;
}

export const nothingHeard = (): Heard => ({ votes: new Map(), proposals: new Map() });

/** The signed statements in an input of consensus, by height; certificates are their votes. */
export function hear(input: Input, of: (height: bigint) => Heard): void {
  if (input.kind === "proposal") {
    const { height, round, proposer, polRound, blockId } = input.proposal;
    of(height).proposals.set(`${round} ${toHex(proposer)} ${polRound} ${blockKey(blockId)}`, input.proposal);
  }
  for (const vote of votesIn(input)) {
    const { height, round, type, validator, blockId } = vote;
    of(height).votes.set(`${round} ${type} ${toHex(validator)} ${blockKey(blockId)}`, vote);
  }
}

function votesIn(input: Input): readonly Vote[] {
  switch (input.kind) {
    case "vote":
      return [input.vote];
    case "polka":
      return votesOf(input.certificate, PREVOTE);
    case "commit":
      return votesOf(input.certificate, PRECOMMIT);
    case "round":
      return input.certificate.votes;
    case "start_height":
      return input.lastCertificate === undefined ? [] : votesOf(input.lastCertificate, PRECOMMIT);
    case "proposal":
    case "proposed_value":
    case "built":
    case "timeout_elapsed":
      return [];
  }
}

/** One validator's guilt, with the two statements that show it, in their order. */
export type Guilt = { readonly member: Member } & (
  | { readonly crime: "two votes"; readonly a: Vote; readonly b: Vote }
  | { readonly crime: "two proposals"; readonly a: Proposal; readonly b: Proposal }
  /** Precommitted a block and later prevoted another one, for which no polka since then was heard by anybody. */
  | { readonly crime: "forgotten lock"; readonly a: Vote; readonly b: Vote }
);

/** Validators that the joined statements convict, each once. A correct validator is never among them. */
export function guiltyOf(set: ValidatorSet, { votes, proposals }: Heard): Guilt[] {
  const all = [...votes.values()];
  const polkas = polkasOf(set, all);
  return set.members.flatMap((member): Guilt[] => {
    const own = all.filter(({ validator }) => equalBytes(validator, member.address));
    const proposed = [...proposals.values()].filter(({ proposer }) => equalBytes(proposer, member.address));
    const guilt = pairOf(own, areConflictingVotes, compareVotes);
    if (guilt !== undefined) return [{ member, crime: "two votes", ...guilt }];
    const twice = pairOf(proposed, areConflictingProposals, compareProposals);
    if (twice !== undefined) return [{ member, crime: "two proposals", ...twice }];
    const forgot = forgottenLock(own, polkas);
    return forgot === undefined ? [] : [{ member, crime: "forgotten lock", ...forgot }];
  });
}

/** Accountability: a fork proves the guilt of at least a third of the power. */
export function isEnough(set: ValidatorSet, guilty: readonly Guilt[]): boolean {
  const power = guilty.reduce((sum, { member }) => sum + member.power, 0n);
  return 3n * power >= set.totalPower;
}

function pairOf<T>(
  all: readonly T[],
  conflict: (a: T, b: T) => boolean,
  compare: (a: T, b: T) => number,
): { a: T; b: T } | undefined {
  for (const [i, one] of all.entries()) {
    for (const other of all.slice(i + 1)) {
      if (conflict(one, other)) return compare(one, other) <= 0 ? { a: one, b: other } : { a: other, b: one };
    }
  }
  return undefined;
}

interface Polka {
  readonly round: number;
  readonly blockId: BlockId;
}

function polkasOf(set: ValidatorSet, votes: readonly Vote[]): Polka[] {
  const power = new Map<string, Polka & { sum: bigint }>();
  for (const { type, round, blockId, validator } of votes) {
    if (type !== PREVOTE || blockId === undefined) continue;
    const key = `${round} ${blockKey(blockId)}`;
    const tally = power.get(key) ?? { round, blockId, sum: 0n };
    power.set(key, { ...tally, sum: tally.sum + (set.members[indexOf(set, validator)]?.power ?? 0n) });
  }
  return [...power.values()].filter(({ sum }) => isQuorum(sum, set.totalPower));
}

function forgottenLock(own: readonly Vote[], polkas: readonly Polka[]): { a: Vote; b: Vote } | undefined {
  for (const a of own) {
    if (a.type !== PRECOMMIT || a.blockId === undefined) continue;
    for (const b of own) {
      if (b.type !== PREVOTE || b.blockId === undefined || b.round <= a.round) continue;
      if (equalBlockIds(a.blockId, b.blockId)) continue;
      const allowed = polkas.some(
        ({ round, blockId }) => round >= a.round && round < b.round && equalBlockIds(blockId, b.blockId),
      );
      if (!allowed) return { a, b };
    }
  }
  return undefined;
}
