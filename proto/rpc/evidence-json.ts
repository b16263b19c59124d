import { toBase64 } from "../base64.js";
import { evidenceHeight } from "../evidence/judge.js";
import type { DuplicateProposal, DuplicateVote, LightClientAttack } from "../evidence/kinds.js";
import type { JsonObject } from "../codec/json-text.js";
import { formatRfc3339 } from "../time.js";
import type { Evidence } from "../types/block.js";
import type { BlockId } from "../types/block-id.js";
import { proposerAt, validatorSet, type Member, type ValidatorSet } from "../types/validators.js";
import type { Proposal, Vote } from "../types/vote.js";
import { isRejection } from "../rejection.js";
import { blockIdJson, commitJson, headerJson, pubKeyJson, upperHex, validatorJson } from "./json.js";

/** Evidence in CometBFT's shapes and names. It knows no proposals: those have ours, in its style. */

export function evidenceJson(piece: Evidence): JsonObject {
  const { duplicateVote, duplicateProposal, lightClientAttack } = piece;
  const [type, value] =
    duplicateVote !== undefined
      ? ["tendermint/DuplicateVoteEvidence", votesJson(duplicateVote, piece)]
      : duplicateProposal !== undefined
        ? ["tributary/DuplicateProposalEvidence", proposalsJson(duplicateProposal, piece)]
        : ["tendermint/LightClientAttackEvidence", attackJson(lightClientAttack!, piece)];
  return { type, value };
}

/** Of the event NewEvidence. */
export function newEvidenceJson(piece: Evidence): JsonObject {
  return { height: String(evidenceHeight(piece)), evidence: evidenceJson(piece) };
}

const signerPowers = ({ totalPower, validatorPower, time }: Evidence): JsonObject => ({
  TotalVotingPower: String(totalPower),
  ValidatorPower: String(validatorPower),
  Timestamp: formatRfc3339(time),
});

function votesJson({ voteA, voteB }: DuplicateVote, piece: Evidence): JsonObject {
  const { time } = piece;
  return { vote_a: voteJson(voteA!, time), vote_b: voteJson(voteB!, time), ...signerPowers(piece) };
}

function proposalsJson({ proposalA, proposalB }: DuplicateProposal, piece: Evidence): JsonObject {
  const { time } = piece;
  return {
    proposal_a: proposalJson(proposalA!, time),
    proposal_b: proposalJson(proposalB!, time),
    ...signerPowers(piece),
  };
}

function idJson(id: BlockId | undefined): JsonObject {
  const { hash, parts } = blockIdJson(id);
  return { hash, parts: { ...parts } };
}

/** Our votes carry no timestamp: they show the time of the block at their height. */
export function voteJson(vote: Vote, time: bigint): JsonObject {
  return {
    type: vote.type,
    height: String(vote.height),
    round: vote.round,
    block_id: idJson(vote.blockId),
    timestamp: formatRfc3339(time),
    validator_address: upperHex(vote.validator),
    validator_index: vote.index,
    signature: toBase64(vote.signature),
  };
}

function proposalJson(proposal: Proposal, time: bigint): JsonObject {
  return {
    height: String(proposal.height),
    round: proposal.round,
    pol_round: proposal.polRound,
    block_id: idJson(proposal.blockId),
    timestamp: formatRfc3339(time),
    proposer_address: upperHex(proposal.proposer),
    signature: toBase64(proposal.signature),
  };
}

function attackJson(attack: LightClientAttack, { totalPower, time }: Evidence): JsonObject {
  const { conflictingHeader, conflictingCertificate, conflictingValidators, byzantineValidators } = attack;
  const [header, set, byzantine] = [conflictingHeader!, setOf(conflictingValidators), setOf(byzantineValidators)];
  const commit = commitJson(conflictingCertificate!, set, header.time);
  // The shapes of results.ts are plain JSON, which their interfaces cannot say.
  const signedHeader = { header: headerJson(header), commit } as unknown as JsonObject;
  return {
    ConflictingBlock: {
      signed_header: signedHeader,
      validator_set: {
        validators: set.members.map(plain),
        proposer: plain(proposerAt(set, 0)),
      },
    },
    CommonHeight: String(attack.commonHeight),
    ByzantineValidators: byzantine.members.map(plain),
    TotalVotingPower: String(totalPower),
    Timestamp: formatRfc3339(time),
  };
}

const plain = (member: Member): JsonObject => ({ ...validatorJson(member), pub_key: { ...pubKeyJson(member.pubKey) } });

/** The evidence was verified before: its sets are complete. */
function setOf(validators: LightClientAttack["conflictingValidators"]): ValidatorSet {
  const set = validatorSet(validators);
  return isRejection(set) ? { members: [], totalPower: 0n } : set;
}
