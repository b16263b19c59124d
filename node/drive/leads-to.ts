import type { SignProposal, SignVote } from "#consensus/types.js";
import { equalBytes, type Bytes } from "#proto/bytes.js";
import { PREVOTE, proposalSignBytes, voteSignBytes } from "#proto/types/vote.js";
import { STEP } from "../signer/record.js";
import type { LastWords } from "../signer/signer.js";

type Asked = SignVote | SignProposal;

/**
 * Whether a log is the one that led this key to what it signed last. Whatever leads to a signature is on disk before the
 * signer is asked (W3), so a log that does not lead there is another one, or a part: locks may be missing in it.
 * @param asked what the log, read again, wants signed at its height
 * @param last the key's last words, at this height
 */
export function leadsTo(chainId: string, asked: readonly Asked[], { round, step, signBytes }: LastWords): boolean {
  return asked.some(
    (each) =>
      each.round === round &&
      stepOf(each) === step &&
      (signBytes === undefined || equalBytes(signBytesOf(chainId, each), signBytes)),
  );
}

function stepOf(asked: Asked): number {
  if (asked.kind === "sign_proposal") return STEP.propose;
  return asked.type === PREVOTE ? STEP.prevote : STEP.precommit;
}

const signBytesOf = (chainId: string, asked: Asked): Bytes =>
  asked.kind === "sign_vote" ? voteSignBytes(chainId, asked) : proposalSignBytes(chainId, asked);
