import { compareBytes, type Bytes } from "../bytes.js";
import { equalBlockIds, type BlockId } from "../types/block.js";
import type { Proposal, Vote } from "../types/vote.js";

/**
 * Two signed statements that no correct validator makes together, and the one order in which they are shown. Signatures do
 * not count: another signature of the same content, or another encoding of it, is the same statement again.
 */

const NOTHING: Bytes = new Uint8Array(0);
const hashOf = (blockId: BlockId | undefined): Bytes => blockId?.hash ?? NOTHING;
const partsOf = (blockId: BlockId | undefined): Bytes => blockId?.parts?.hash ?? NOTHING;

/** Nil first, then by block hash, then by part root. */
function compareBlocks(a: BlockId | undefined, b: BlockId | undefined): number {
  const byHash = compareBytes(hashOf(a), hashOf(b));
  if (byHash !== 0) return byHash;
  const byParts = compareBytes(partsOf(a), partsOf(b));
  return byParts !== 0 ? byParts : (a?.parts?.total ?? 0) - (b?.parts?.total ?? 0);
}

/** By block, below zero when `a` is shown first. */
export const compareVotes = (a: Vote, b: Vote): number => compareBlocks(a.blockId, b.blockId);

/** By block, then by the round of the polka. */
export function compareProposals(a: Proposal, b: Proposal): number {
  const byBlock = compareBlocks(a.blockId, b.blockId);
  return byBlock !== 0 ? byBlock : a.polRound - b.polRound;
}

export function areConflictingVotes(a: Vote, b: Vote): boolean {
  return a.type === b.type && a.height === b.height && a.round === b.round && !equalBlockIds(a.blockId, b.blockId);
}

export function areConflictingProposals(a: Proposal, b: Proposal): boolean {
  const same = a.polRound === b.polRound && equalBlockIds(a.blockId, b.blockId);
  return a.height === b.height && a.round === b.round && !same;
}
