import { compareBlockIds, equalBlockIds } from "../types/block-id.js";
import type { Proposal, Vote } from "../types/vote.js";

/**
 * Two signed statements that no correct validator makes together, and the one order in which they are shown. Signatures do
 * not count: another signature of the same content, or another encoding of it, is the same statement again.
 */

/** By block, below zero when `a` is shown first. */
export const compareVotes = (a: Vote, b: Vote): number => compareBlockIds(a.blockId, b.blockId);

/** By block, then by the round of the polka. */
export function compareProposals(a: Proposal, b: Proposal): number {
  const byBlock = compareBlockIds(a.blockId, b.blockId);
  return byBlock !== 0 ? byBlock : a.polRound - b.polRound;
}

export function areConflictingVotes(a: Vote, b: Vote): boolean {
  return a.type === b.type && a.height === b.height && a.round === b.round && !equalBlockIds(a.blockId, b.blockId);
}

export function areConflictingProposals(a: Proposal, b: Proposal): boolean {
  const same = a.polRound === b.polRound && equalBlockIds(a.blockId, b.blockId);
  return a.height === b.height && a.round === b.round && !same;
}
