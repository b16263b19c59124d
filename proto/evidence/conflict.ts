import { compareBlockIds, equalBlockIds } from "../types/block-id.js";
import type { Proposal, Vote } from "../types/vote.js";

/**
 * Conflicting signed messages of one validator, and their canonical order. Signatures are not compared: another signature
 * over the same content is not a conflict.
 */

/** Canonical order of two votes, by block id; negative if `a` comes first. */
export const compareVotes = (a: Vote, b: Vote): number => compareBlockIds(a.blockId, b.blockId);

/** Canonical order of two proposals, by block id, then by polka round; negative if `a` comes first. */
export function compareProposals(a: Proposal, b: Proposal): number {
  const byBlock = compareBlockIds(a.blockId, b.blockId);
  return byBlock !== 0 ? byBlock : a.polRound - b.polRound;
}

/** Whether two votes of one validator are for the same type, height and round but for different blocks. */
export function areConflictingVotes(a: Vote, b: Vote): boolean {
  return a.type === b.type && a.height === b.height && a.round === b.round && !equalBlockIds(a.blockId, b.blockId);
}

/** Whether two proposals of one validator are for the same height and round but differ in block or polka round. */
export function areConflictingProposals(a: Proposal, b: Proposal): boolean {
  const same = a.polRound === b.polRound && equalBlockIds(a.blockId, b.blockId);
  return a.height === b.height && a.round === b.round && !same;
}
