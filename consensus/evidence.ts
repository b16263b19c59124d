import { compareBytes, type Bytes } from "#proto/bytes.js";
import { equalBlockIds } from "#proto/types/block.js";
import type { BlockId, Effect, Member, Misbehaviour, Proposal, State, Step, ValidatorSet, Vote } from "./types.js";

/** L79 to L81: two signed statements of one validator that cannot both be honest. */

const NO_HASH: Bytes = new Uint8Array(0);
const hashOf = (blockId: BlockId | undefined): Bytes => blockId?.hash ?? NO_HASH;
const partsOf = (blockId: BlockId | undefined): Bytes => blockId?.parts?.hash ?? NO_HASH;

/** Canonical order: nil first, then by block hash, then by part root. */
function compareBlocks(a: BlockId | undefined, b: BlockId | undefined): number {
  const byHash = compareBytes(hashOf(a), hashOf(b));
  if (byHash !== 0) return byHash;
  const byParts = compareBytes(partsOf(a), partsOf(b));
  return byParts !== 0 ? byParts : (a?.parts?.total ?? 0) - (b?.parts?.total ?? 0);
}

export function areConflictingVotes(a: Vote, b: Vote): boolean {
  return a.type === b.type && a.height === b.height && a.round === b.round && !equalBlockIds(a.blockId, b.blockId);
}

export function areConflictingProposals(a: Proposal, b: Proposal): boolean {
  const same = a.polRound === b.polRound && equalBlockIds(a.blockId, b.blockId);
  return a.height === b.height && a.round === b.round && !same;
}

export function duplicateVote(validators: ValidatorSet, culprit: Member, one: Vote, two: Vote): Misbehaviour {
  const [a, b] = compareBlocks(one.blockId, two.blockId) < 0 ? [one, two] : [two, one];
  return { kind: "duplicate_vote", a, b, validatorPower: culprit.power, totalPower: validators.totalPower };
}

export function duplicateProposal(
  validators: ValidatorSet,
  culprit: Member,
  one: Proposal,
  two: Proposal,
): Misbehaviour {
  const order = compareBlocks(one.blockId, two.blockId);
  const first = order !== 0 ? order < 0 : one.polRound < two.polRound;
  const [a, b] = first ? [one, two] : [two, one];
  return { kind: "duplicate_proposal", a, b, validatorPower: culprit.power, totalPower: validators.totalPower };
}

/** One report a validator and height: the first is enough to punish, and nobody can make us write thousands. */
export function accuse(state: State, index: number, evidence: () => Misbehaviour): Step {
  if (state.accused.includes(index)) return { state, effects: [] };
  const effect: Effect = { kind: "report_evidence", evidence: evidence() };
  return { state: { ...state, accused: [...state.accused, index] }, effects: [effect] };
}
