import type { Messages } from "../codec/message.js";
import { message } from "../codec/message.js";
import { verifyEd25519 } from "../crypto/ed25519.js";
import { ROUND_MAX } from "../limits.js";
import { codespace, isRejection, reject, type Rejection } from "../rejection.js";
import { type Certificate } from "../types/block.js";
import { equalBlockIds, isCompleteBlockId, type BlockId } from "../types/block-id.js";
import { isOneHonest, isQuorum, type ValidatorSet } from "../types/validators.js";
import { PRECOMMIT, PREVOTE, voteSignBytes, type VoteType } from "../types/vote.js";
import { memberAt, verifyVote } from "./signed.js";

export type PolkaCertificate = Messages["tributary.chain.v1.PolkaCertificate"];
export type RoundCertificate = Messages["tributary.chain.v1.RoundCertificate"];
export const polkaCertificateCodec = message("tributary.chain.v1.PolkaCertificate");
export const roundCertificateCodec = message("tributary.chain.v1.RoundCertificate");

export const certificateErrors = codespace("certificate", {
  height: 1,
  round: 2,
  blockId: 3,
  order: 4,
  power: 5,
  signature: 6,
  otherBlock: 7,
  vote: 8,
});

/**
 * Precommits of more than two thirds of the power for one block. Every signature is verified, also those beyond the
 * quorum: rewards and liveness are counted from all of them (hostile inputs 23 to 25).
 * @param set validators of the certificate's height
 * @param expected what the caller asked about; a good certificate for anything else is refused
 * @returns undefined when it is good
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

/** Prevotes of more than two thirds of the power for one block in one round. */
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
  if (certificate.height !== height)
    return reject(certificateErrors.height, { height: certificate.height, expected: height });
  if (round > ROUND_MAX) return reject(certificateErrors.round, { round, max: ROUND_MAX });
  if (blockId === undefined || !isCompleteBlockId(blockId)) return reject(certificateErrors.blockId);

  let power = 0n;
  let last = -1;
  const keys = [];
  for (const { index, validator } of signatures) {
    if (index <= last) return reject(certificateErrors.order, { index, after: last }); // Nobody counts twice.
    last = index;
    const member = memberAt(set, index, validator);
    if (isRejection(member)) return member;
    power += member.power;
    keys.push(member.pubKey);
  }
  if (!isQuorum(power, set.totalPower)) return reject(certificateErrors.power, { power, total: set.totalPower });

  // Curve arithmetic last: what claims too little never costs us any.
  const signBytes = voteSignBytes(chainId, { type, height, round, blockId });
  for (const [at, { index, signature }] of signatures.entries()) {
    if (!verifyEd25519(signature, signBytes, keys[at]!)) return reject(certificateErrors.signature, { index });
  }
  return undefined;
}

/** Votes of more than a third of the power, one a validator, for this round or a later one: at least one is honest. */
export function verifyRoundCertificate(
  chainId: string,
  set: ValidatorSet,
  certificate: RoundCertificate,
  height: bigint,
): Rejection | undefined {
  const { round, votes } = certificate;
  if (certificate.height !== height)
    return reject(certificateErrors.height, { height: certificate.height, expected: height });
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
