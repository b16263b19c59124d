import { proposerOfRound } from "#consensus/proposer.js";
import type { Message, State } from "#consensus/types.js";
import { equalBytes } from "#proto/bytes.js";
import { verifyEd25519 } from "#proto/crypto/ed25519.js";
import { verifyCertificate, verifyPolka, verifyRoundCertificate } from "#proto/light/certificate.js";
import { isCompleteBlockId } from "#proto/types/block.js";
import type { ValidatorSet } from "#proto/types/validators.js";
import { PRECOMMIT, PREVOTE, proposalSignBytes, voteSignBytes, type Proposal, type Vote } from "#proto/types/vote.js";

export type Judgement = "valid" | "invalid" | "unknown";

/** Finding a proposer costs a rotation a round; further ahead nobody proposes before others have moved there. */
const ROUNDS_AHEAD_MAX = 100;

/** Signatures, membership and, for a proposal, its author: checked before consensus sees a message. */
export function judge(chainId: string, state: State, message: Message): Judgement {
  switch (message.kind) {
    case "vote":
      return judgeVote(chainId, state, message.vote);
    case "proposal":
      return judgeProposal(chainId, state, message.proposal);
    case "commit": {
      const set = validatorsAt(state, message.certificate.height);
      const { height } = message.certificate;
      return set === undefined ? "unknown" : verdict(verifyCertificate(chainId, set, message.certificate, { height }));
    }
    case "polka":
      if (message.certificate.height !== state.height) return "unknown";
      return verdict(verifyPolka(chainId, state.validators, message.certificate, state.height));
    case "round":
      if (message.certificate.height !== state.height) return "unknown";
      return verdict(verifyRoundCertificate(chainId, state.validators, message.certificate, state.height));
  }
}

const verdict = (refused: unknown): Judgement => (refused === undefined ? "valid" : "invalid");

/** Sets that are known now: of this height, the last one, and the next one, whose keys are settled a height ahead. */
function validatorsAt(state: State, height: bigint): ValidatorSet | undefined {
  if (state.step === "idle") return undefined;
  if (height === state.height || height === state.height + 1n) return state.validators;
  return height === state.last?.height ? state.last.validators : undefined;
}

function judgeVote(chainId: string, state: State, vote: Vote): Judgement {
  const set = validatorsAt(state, vote.height);
  if (set === undefined) return "unknown";
  if (vote.type !== PREVOTE && vote.type !== PRECOMMIT) return "invalid";
  if (vote.blockId !== undefined && !isCompleteBlockId(vote.blockId)) return "invalid";
  const member = set.members[vote.index];
  if (member === undefined || !equalBytes(member.address, vote.validator)) return "invalid";
  return verifyEd25519(vote.signature, voteSignBytes(chainId, vote), member.pubKey) ? "valid" : "invalid";
}

function judgeProposal(chainId: string, state: State, proposal: Proposal): Judgement {
  if (state.step === "idle" || proposal.height !== state.height) return "unknown";
  if (proposal.polRound < -1 || proposal.polRound >= proposal.round) return "invalid";
  if (proposal.blockId === undefined || !isCompleteBlockId(proposal.blockId)) return "invalid";
  if (proposal.round > state.round + ROUNDS_AHEAD_MAX) return "unknown";
  const member = state.validators.members.find(({ address }) => equalBytes(address, proposal.proposer));
  if (member === undefined) return "invalid";
  if (!verifyEd25519(proposal.signature, proposalSignBytes(chainId, proposal), member.pubKey)) return "invalid";
  return equalBytes(proposerOfRound(state, proposal.round), proposal.proposer) ? "valid" : "invalid";
}
