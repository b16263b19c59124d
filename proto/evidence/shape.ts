import type { Bytes } from "../bytes.js";
import { ROUND_MAX, VALIDATORS_MAX } from "../limits.js";
import { reject, type Rejection } from "../rejection.js";
import { type Certificate, type Evidence, type Header } from "../types/block.js";
import { isCompleteBlockId } from "../types/block-id.js";
import { PRECOMMIT, PREVOTE, type Proposal, type Vote } from "../types/vote.js";
import { evidenceErrors } from "./errors.js";
import type { LightClientAttack } from "./kinds.js";

/** Checks that the schema cannot express: sizes and counts, before anything is computed from them. */

const isAddress = (bytes: Bytes): boolean => bytes.length === 20;
const isSignature = (bytes: Bytes): boolean => bytes.length === 64;

/**
 * The first field that no well-formed evidence has, as evidence/malformed, or evidence/kind unless there is exactly one
 * kind; undefined otherwise. Bounds all counts and sizes.
 */
export function shapeProblem(piece: Evidence): Rejection | undefined {
  const { duplicateVote: votes, duplicateProposal: proposals, lightClientAttack: attack } = piece;
  const kinds = [votes, proposals, attack].filter((kind) => kind !== undefined);
  if (kinds.length !== 1) return reject(evidenceErrors.kind, { kinds: kinds.length });
  const field =
    (votes && (brokenVote("vote_a", votes.voteA) ?? brokenVote("vote_b", votes.voteB))) ??
    (proposals &&
      (brokenProposal("proposal_a", proposals.proposalA) ?? brokenProposal("proposal_b", proposals.proposalB))) ??
    (attack && brokenAttack(attack));
  return field === undefined ? undefined : reject(evidenceErrors.malformed, { field });
}

function brokenVote(name: string, vote: Vote | undefined): string | undefined {
  if (vote === undefined) return name;
  if (vote.type !== PREVOTE && vote.type !== PRECOMMIT) return `${name}.type`;
  if (vote.height === 0n) return `${name}.height`;
  if (vote.round > ROUND_MAX) return `${name}.round`;
  if (vote.blockId !== undefined && !isCompleteBlockId(vote.blockId)) return `${name}.block_id`;
  if (!isAddress(vote.validator)) return `${name}.validator`;
  if (vote.index >= VALIDATORS_MAX) return `${name}.index`;
  return isSignature(vote.signature) ? undefined : `${name}.signature`;
}

function brokenProposal(name: string, proposal: Proposal | undefined): string | undefined {
  if (proposal === undefined) return name;
  const { height, round, polRound, blockId, proposer, signature } = proposal;
  if (height === 0n) return `${name}.height`;
  if (round > ROUND_MAX) return `${name}.round`;
  if (polRound < -1 || polRound >= round) return `${name}.pol_round`;
  if (blockId === undefined || !isCompleteBlockId(blockId)) return `${name}.block_id`;
  if (!isAddress(proposer)) return `${name}.proposer`;
  return isSignature(signature) ? undefined : `${name}.signature`;
}

function brokenAttack(attack: LightClientAttack): string | undefined {
  const { conflictingValidators, byzantineValidators } = attack;
  if (attack.commonHeight === 0n) return "common_height";
  if (isBrokenHeader(attack.conflictingHeader)) return "conflicting_header";
  if (isBrokenHeader(attack.trustedHeader)) return "trusted_header";
  if (isBrokenCertificate(attack.conflictingCertificate)) return "conflicting_certificate";
  if (attack.trustedCertificate !== undefined && isBrokenCertificate(attack.trustedCertificate)) {
    return "trusted_certificate";
  }
  for (const [name, list] of [
    ["conflicting_validators", conflictingValidators] as const,
    ["byzantine_validators", byzantineValidators] as const,
  ]) {
    if (list.length === 0 || list.length > VALIDATORS_MAX) return name;
    if (list.some(({ pubKey, power }) => pubKey.length !== 32 || power === 0n)) return name;
  }
  return undefined;
}

const isBrokenHeader = (header: Header | undefined): boolean => header === undefined || header.height === 0n;

function isBrokenCertificate(certificate: Certificate | undefined): boolean {
  if (certificate === undefined) return true;
  const { signatures } = certificate;
  if (signatures.length === 0 || signatures.length > VALIDATORS_MAX) return true;
  return signatures.some(({ validator, signature }) => !isAddress(validator) || !isSignature(signature));
}
