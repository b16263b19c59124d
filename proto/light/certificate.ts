import type { Messages } from "../codec/message.js";
import { verifyEd25519 } from "../crypto/ed25519.js";
import { ROUND_MAX } from "../limits.js";
import { codespace, isRejection, reject, type Rejection } from "../rejection.js";
import { type Certificate } from "../types/block.js";
import { equalBlockIds, isCompleteBlockId, type BlockId } from "../types/block-id.js";
import { isOneHonest, isQuorum, type ValidatorSet } from "../types/validators.js";
import { PRECOMMIT, PREVOTE, voteSignBytes, type VoteType } from "../types/vote.js";
import { memberAt, verifyVote } from "./signed.js";

/** A quorum of prevotes for one block in one round. */
export type PolkaCertificate = Messages["tributary.chain.v1.PolkaCertificate"];
/** Votes that justify entering a round. */
export type RoundCertificate = Messages["tributary.chain.v1.RoundCertificate"];

/** Reasons to reject a certificate. */
export const certificateErrors = codespace("certificate", {
  height: 1, // { height, expected }
  round: 2, // { round, max }
  blockId: 3, // nil or incomplete
  order: 4, // { index, after }: indexes do not ascend
  power: 5, // { power, total }: no quorum, or too little for a round certificate
  signature: 6, // { index }
  otherBlock: 7, // a certificate for another block than the expected one
  vote: 8, // { index }: of another height or an earlier round
});

/**
 * Verifies precommits of more than two thirds of the power for one block. Verifies every signature, also those beyond
 * the quorum, because liveness is counted from all of them.
 * @param set validators of the certificate's height
 * @param expected the height, and the block if it is known; a valid certificate for another one is rejected
 * @returns undefined if it is valid
 */
export function verifyCertificate(
  chainId: string,
  set: ValidatorSet,
  certificate: Certificate,
  expected: { readonly height: bigint; readonly blockId?: BlockId },
): Rejection | undefined {
  if (expected.blockId !== undefined && !equalBlockIds(certificate.blockId, expected.blockId)) {
    return reject(certificateErrors.otherBlock);
  }
  return verifySignatures(chainId, set, certificate, PRECOMMIT, expected.height);
}

/**
 * Verifies prevotes of more than two thirds of the power for one block in one round.
 * @returns undefined if it is valid
 */
export function verifyPolka(
  chainId: string,
  set: ValidatorSet,
  certificate: PolkaCertificate,
  height: bigint,
): Rejection | undefined {
  return verifySignatures(chainId, set, certificate, PREVOTE, height);
}

function verifySignatures(
  chainId: string,
  set: ValidatorSet,
  certificate: Certificate | PolkaCertificate,
  type: VoteType,
  height: bigint,
): Rejection | undefined {
  const { round, blockId, signatures } = certificate;
  if (certificate.height !== height) {
    return reject(certificateErrors.height, { height: certificate.height, expected: height });
  }
  if (round > ROUND_MAX) return reject(certificateErrors.round, { round, max: ROUND_MAX });
  if (blockId === undefined || !isCompleteBlockId(blockId)) return reject(certificateErrors.blockId);

  let power = 0n;
  let last = -1;
  const keys = [];
  for (const { index, validator } of signatures) {
    if (index <= last) return reject(certificateErrors.order, { index, after: last }); // No member counts twice.
    last = index;
    const member = memberAt(set, index, validator);
    if (isRejection(member)) return member;
    power += member.power;
    keys.push(member.pubKey);
  }
  if (!isQuorum(power, set.totalPower)) return reject(certificateErrors.power, { power, total: set.totalPower });

  // Signatures last: a certificate without enough power costs no curve arithmetic.
  const signBytes = voteSignBytes(chainId, { type, height, round, blockId });
  for (const [at, { index, signature }] of signatures.entries()) {
    if (!verifyEd25519(signature, signBytes, keys[at]!)) return reject(certificateErrors.signature, { index });
  }
  return undefined;
}

/**
 * Verifies votes of more than a third of the power, one per validator, for this round or a later one: at least one of
 * them is honest.
 * @returns undefined if it is valid
 */
export function verifyRoundCertificate(
  chainId: string,
  set: ValidatorSet,
  certificate: RoundCertificate,
  height: bigint,
): Rejection | undefined {
  const { round, votes } = certificate;
  if (certificate.height !== height) {
    return reject(certificateErrors.height, { height: certificate.height, expected: height });
  }
  let power = 0n;
  let last = -1;
  for (const vote of votes) {
    if (vote.index <= last) return reject(certificateErrors.order, { index: vote.index, after: last });
    last = vote.index;
    if (vote.height !== height || vote.round < round) return reject(certificateErrors.vote, { index: vote.index });
    const member = memberAt(set, vote.index, vote.validator);
    if (isRejection(member)) return member;
    power += member.power;
  }
  if (!isOneHonest(power, set.totalPower)) return reject(certificateErrors.power, { power, total: set.totalPower });
  for (const vote of votes) {
    const bad = verifyVote(chainId, set, vote);
    if (bad !== undefined) return bad;
  }
  return undefined;
}
