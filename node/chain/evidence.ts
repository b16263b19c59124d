import { equalBytes, type Bytes } from "#proto/bytes.js";
import { evidenceErrors } from "#proto/evidence/errors.js";
import type { Ground, Offence } from "#proto/evidence/ground.js";
import { decodeEvidence, judgeEvidence } from "#proto/evidence/judge.js";
import { isRejection, reject, type Rejection } from "#proto/rejection.js";
import { evidenceCodec, type Evidence } from "#proto/types/block.js";
import { nextParams, pastBlock, validatorsAt } from "#state/modules/chain/index.js";
import { isTombstoned } from "#state/modules/slashing/index.js";
import type { ReadView } from "#state/store/view.js";

/** Evidence against the state after the last height: the same on every validator, whatever its blocks are pruned to. */

export interface LastHeight {
  readonly chainId: string;
  readonly height: bigint;
  /** Of its header, or of genesis. */
  readonly time: bigint;
}

function groundOf(state: ReadView, { chainId, height, time }: LastHeight): Ground {
  return {
    chainId,
    height,
    time,
    params: nextParams(state),
    validatorsAt: (at) => validatorsAt(state, at),
    blockAt: (at) => pastBlock(state, at),
  };
}

/** Offences of validators that are not punished yet. A validator is punished once, so no piece is committed twice. */
export function judgePiece(state: ReadView, last: LastHeight, piece: Evidence): readonly Offence[] | Rejection {
  const offences = judgeEvidence(groundOf(state, last), piece);
  if (isRejection(offences)) return offences;
  const open = offences.filter(({ validator }) => !isTombstoned(state, validator));
  return open.length === 0 ? reject(evidenceErrors.punished) : open;
}

/** `judgePiece` on one state, or what stands for it when it meets a bug. */
export type JudgeEvidence = (piece: Evidence) => readonly Offence[] | Rejection;

export function judgeBytes(judge: JudgeEvidence, bytes: Bytes): readonly Offence[] | Rejection {
  const piece = decodeEvidence(bytes);
  return isRejection(piece) ? piece : judge(piece);
}

/** The offences that a block's evidence proves, each validator once, or the reason why it is invalid (hostile input 29). */
export function judgeBlockEvidence(
  state: ReadView,
  last: LastHeight,
  pieces: readonly Evidence[],
): readonly Offence[] | Rejection {
  const max = nextParams(state).evidenceBytesMax;
  const bytes = BigInt(pieces.reduce((sum, piece) => sum + evidenceCodec.encode(piece).length, 0));
  if (bytes > max) return reject(evidenceErrors.tooLarge, { bytes, max });
  const found: Offence[] = [];
  for (const [index, piece] of pieces.entries()) {
    const offences = judgePiece(state, last, piece);
    if (isRejection(offences)) return { ...offences, data: { ...offences.data, index } };
    const fresh = unnamed(offences, found);
    if (fresh.length === 0) return reject(evidenceErrors.twice, { index });
    found.push(...fresh);
  }
  return found;
}

/** Of what is pending, in its order, what the next block may hold. */
export function chooseEvidence(judge: JudgeEvidence, bytesMax: bigint, pending: readonly Bytes[]): Evidence[] {
  let left = Number(bytesMax);
  const found: Offence[] = [];
  const chosen: Evidence[] = [];
  for (const bytes of pending) {
    const piece = decodeEvidence(bytes);
    if (isRejection(piece) || bytes.length > left) continue;
    const offences = judge(piece);
    const fresh = isRejection(offences) ? [] : unnamed(offences, found);
    if (fresh.length === 0) continue;
    chosen.push(piece);
    found.push(...fresh);
    left -= bytes.length;
  }
  return chosen;
}

function unnamed(offences: readonly Offence[], found: readonly Offence[]): readonly Offence[] {
  return offences.filter(({ validator }) => !found.some((other) => equalBytes(other.validator, validator)));
}
