import { equalBytes } from "#proto/bytes.js";
import { areConflictingProposals, areConflictingVotes } from "#proto/evidence/conflict.js";
import { VALIDATORS_MAX } from "#proto/limits.js";
import { equalBlockIds } from "#proto/types/block-id.js";
import { indexOf } from "#proto/types/validators.js";
import { PRECOMMIT, PREVOTE, type VoteType } from "#proto/types/vote.js";
import { withPrecommit } from "./certificates.js";
import { earlyOf, keepEarlyProposal, keepEarlyVote } from "./early.js";
import { accuse, duplicateProposal, duplicateVote } from "./evidence.js";
import { stay } from "./flow.js";
import { proposerOfRound } from "./proposer.js";
import { roundLog, votesIn, withLog, withVotes } from "./rounds.js";
import type { Effect, KnownProposal, Member, Proposal, State, Step, Vote } from "./types.js";
import { addVote } from "./votes.js";

/** Records a message in the log of its round or among the early ones, or drops it. No upon rule fires here. */

/**
 * Records a vote of this height: in the log of its round, among the early votes, or nowhere. A conflicting vote is
 * reported (L79).
 * @param certified part of a verified certificate: recorded in the log of its round, however far ahead, and always kept
 * (L78)
 */
export function recordVote(state: State, vote: Vote, certified: boolean): Step {
  const member = state.validators.members[vote.index];
  if (member === undefined || !equalBytes(member.address, vote.validator)) return stay(state);
  if (vote.type !== PREVOTE && vote.type !== PRECOMMIT) return stay(state);
  if (vote.blockId === undefined && vote.round < state.round - 1) return stay(state); // L76
  const far = vote.round > state.round && roundLog(state, vote.round) === undefined;
  return far && !certified ? recordEarlyVote(state, member, vote) : recordInRound(state, member, vote, certified);
}

function recordInRound(state: State, member: Member, vote: Vote, certified: boolean): Step {
  const type: VoteType = vote.type === PREVOTE ? PREVOTE : PRECOMMIT;
  let contradicts: Vote | undefined;
  const after = withLog(state, vote.round, (log) => {
    const added = addVote(votesIn(log, type), state.validators, vote, certified);
    contradicts = added.contradicts;
    return added.isNew ? withVotes(log, type, added.votes) : log;
  });
  return contradicted(after, member, contradicts, vote);
}

function recordEarlyVote(state: State, member: Member, vote: Vote): Step {
  const before = earlyOf(state.early, vote.validator)?.[vote.type === PREVOTE ? "prevote" : "precommit"];
  const early = keepEarlyVote(state.early, vote, state.validators.members.length);
  return contradicted(early === state.early ? state : { ...state, early }, member, before, vote);
}

function contradicted(state: State, member: Member, before: Vote | undefined, vote: Vote): Step {
  if (before === undefined || !areConflictingVotes(before, vote)) return stay(state);
  return accuse(state, vote.index, () => duplicateVote(state.validators, member, before, vote)); // L79
}

/**
 * Records the first proposal of a round if its proposer is right, and keeps an early one (L74). A second, different one
 * of that proposer is reported (L80).
 */
export function recordProposal(state: State, known: KnownProposal): Step {
  const { proposal } = known;
  if (proposal.polRound < -1 || proposal.polRound >= proposal.round) return stay(state);
  const index = indexOf(state.validators, proposal.proposer);
  if (index < 0) return stay(state);
  if (proposal.round > state.round) {
    const early = keepEarlyProposal(state.early, known, state.validators.members.length);
    return stay(early === state.early ? state : { ...state, early });
  }
  const first = roundLog(state, proposal.round)?.proposal?.proposal;
  if (first !== undefined) return recordSecond(state, index, first, proposal);
  if (!equalBytes(proposerOfRound(state, proposal.round), proposal.proposer)) return stay(state);
  return stay(withLog(state, proposal.round, (log) => ({ ...log, proposal: known })));
}

function recordSecond(state: State, index: number, first: Proposal, second: Proposal): Step {
  if (!equalBytes(first.proposer, second.proposer) || !areConflictingProposals(first, second)) return stay(state);
  const culprit = state.validators.members[index]!;
  return accuse(state, index, () => duplicateProposal(state.validators, culprit, first, second));
}

/** L74: keeps a proposal or vote of the next height. `earlyInputs` returns it after the decision. */
export function recordForNextHeight(state: State, message: Vote | KnownProposal): Step {
  const nextHeight =
    "proposal" in message
      ? keepEarlyProposal(state.nextHeight, message, VALIDATORS_MAX)
      : keepEarlyVote(state.nextHeight, message, VALIDATORS_MAX);
  return stay(nextHeight === state.nextHeight ? state : { ...state, nextHeight });
}

/**
 * L82: a precommit that arrives after the decision joins the certificate. If its signer precommitted the decided block
 * as well, it is evidence.
 */
export function recordLate(state: State, vote: Vote): Step {
  const { last } = state;
  const member = last?.validators?.members[vote.index];
  if (last?.validators === undefined || member === undefined || vote.type !== PRECOMMIT) return stay(state);
  if (!equalBytes(member.address, vote.validator) || vote.round !== last.certificate.round) return stay(state);
  if (equalBlockIds(vote.blockId, last.certificate.blockId)) {
    const certificate = withPrecommit(last.certificate, vote);
    return stay(certificate === last.certificate ? state : { ...state, last: { ...last, certificate } });
  }
  const signed = last.certificate.signatures.find((signature) => signature.index === vote.index);
  if (signed === undefined || last.accused.includes(vote.index)) return stay(state);
  const before: Vote = { ...vote, blockId: last.certificate.blockId, signature: signed.signature };
  const evidence = duplicateVote(last.validators, member, before, vote);
  const effects: readonly Effect[] = [{ kind: "report_evidence", evidence }];
  return { state: { ...state, last: { ...last, accused: [...last.accused, vote.index] } }, effects };
}
