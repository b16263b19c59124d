import { isFromProposer } from "#consensus/proposer.js";
import type { Message, State } from "#consensus/types.js";
import { BLOCK_BYTES_CEILING } from "#proto/limits.js";
import { verifyCertificate, verifyPolka, verifyRoundCertificate } from "#proto/light/certificate.js";
import { verifyProposal, verifyVote } from "#proto/light/signed.js";
import { partsMax } from "#proto/types/parts.js";
import type { ValidatorSet } from "#proto/types/validators.js";
import type { Proposal, Vote } from "#proto/types/vote.js";

export type Judgement = "valid" | "invalid" | "unknown";

/** Of any chain; gossip compares with the chain's own limit before it makes room for parts. */
const PARTS_MAX = partsMax(BLOCK_BYTES_CEILING);

/**
 * Signatures, membership and, for a proposal, its author: checked before consensus sees a message.
 * @param next the set of the height after the state's, which is settled a height ahead; undefined when not known here
 */
export function judge(chainId: string, state: State, next: ValidatorSet | undefined, message: Message): Judgement {
  switch (message.kind) {
    case "vote":
      return judgeVote(chainId, state, next, message.vote);
    case "proposal":
      return judgeProposal(chainId, state, message.proposal);
    case "commit": {
      const { height } = message.certificate;
      // Of the next height it is wanted when that has started: consensus would forget it here.
      const set = validatorsAt(state, undefined, height);
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

/** Sets that are known now: of this height, the last one, and the next one. */
function validatorsAt(state: State, next: ValidatorSet | undefined, height: bigint): ValidatorSet | undefined {
  if (state.step === "idle") return undefined;
  if (height === state.height) return state.validators;
  if (height === state.height + 1n) return next;
  return height === state.last?.height ? state.last.validators : undefined;
}

function judgeVote(chainId: string, state: State, next: ValidatorSet | undefined, vote: Vote): Judgement {
  const set = validatorsAt(state, next, vote.height);
  return set === undefined ? "unknown" : verdict(verifyVote(chainId, set, vote));
}

function judgeProposal(chainId: string, state: State, proposal: Proposal): Judgement {
  if (state.step === "idle" || proposal.height !== state.height) return "unknown";
  // The signature first: finding the proposer costs a rotation a round, and strangers may not ask for that.
  const signed = verdict(verifyProposal(chainId, state.validators, proposal, PARTS_MAX));
  if (signed !== "valid") return signed;
  const inTurn = isFromProposer(state, proposal);
  return inTurn === undefined ? "unknown" : inTurn ? "valid" : "invalid";
}
