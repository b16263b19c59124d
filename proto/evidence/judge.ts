import { present } from "../assert.js";
import { EVIDENCE_BYTES_MAX } from "../limits.js";
import type { Bytes } from "../bytes.js";
import { isRejection, reject, type Rejection } from "../rejection.js";
import { evidenceCodec, type Evidence } from "../types/block.js";
import type { Member, ValidatorSet } from "../types/validators.js";
import { judgeAttack, sumOf } from "./attack.js";
import { judgeProposals, judgeVotes } from "./duplicate.js";
import { evidenceErrors } from "./errors.js";
import type { Ground, Offence, OffenceKind } from "./ground.js";
import { shapeProblem } from "./shape.js";

/** Total: decodes at most EVIDENCE_BYTES_MAX canonical bytes and checks the shape, or rejects. */
export function decodeEvidence(bytes: Bytes): Evidence | Rejection {
  const piece = evidenceCodec.decode(bytes, EVIDENCE_BYTES_MAX);
  return isRejection(piece) ? piece : (shapeProblem(piece) ?? piece);
}

/**
 * The height whose validator set decides the case: that of the votes or proposals, or the common height of an attack. 0
 * if the evidence has no kind.
 */
export function evidenceHeight({ duplicateVote, duplicateProposal, lightClientAttack }: Evidence): bigint {
  const { height } = duplicateVote?.voteA ?? duplicateProposal?.proposalA ?? { height: undefined };
  return height ?? lightClientAttack?.commonHeight ?? 0n;
}

/**
 * The offences that a piece of evidence proves, at least one, or a rejection. Deterministic: every verifier with the
 * same record gets the same result. Does not check whether the evidence is already committed.
 */
export function judgeEvidence(ground: Ground, piece: Evidence): readonly Offence[] | Rejection {
  const shape = shapeProblem(piece);
  if (shape !== undefined) return shape;
  const height = evidenceHeight(piece);
  if (height > ground.height) return reject(evidenceErrors.notYet, { height, tip: ground.height });
  const [block, set] = [ground.blockAt(height), ground.validatorsAt(height)];
  if (block === undefined || set === undefined || isExpired(ground.params, { height, time: block.time }, ground)) {
    return reject(evidenceErrors.expired, { height });
  }
  // The time of the block, not of a clock (E5): otherwise two validators could disagree about one piece of evidence.
  if (piece.time !== block.time) return reject(evidenceErrors.time, { time: piece.time, want: block.time });
  if (piece.totalPower !== set.totalPower) {
    return reject(evidenceErrors.power, { field: "total_power", want: set.totalPower });
  }
  const [kind, guilty] = guiltyOf(ground, set, piece);
  if (isRejection(guilty)) return guilty;
  const power = sumOf(guilty);
  if (piece.validatorPower !== power) return reject(evidenceErrors.power, { field: "validator_power", want: power });
  return guilty.map(({ address: validator, power: own }) => ({
    ...{ kind, validator, height, time: block.time, power: own, totalPower: set.totalPower },
  }));
}

/**
 * Whether both ages are exceeded (E2). Either alone could be caused by an attacker, by stalling or by speeding up the
 * chain. Times are unix milliseconds.
 */
export function isExpired(
  { evidenceAgeBlocksMax, evidenceAgeMsMax }: Ground["params"],
  past: { readonly height: bigint; readonly time: bigint },
  now: { readonly height: bigint; readonly time: bigint },
): boolean {
  return now.height - past.height > evidenceAgeBlocksMax && now.time - past.time > evidenceAgeMsMax;
}

function guiltyOf(
  ground: Ground,
  set: ValidatorSet,
  { duplicateVote, duplicateProposal, lightClientAttack }: Evidence,
): readonly [kind: OffenceKind, guilty: readonly Member[] | Rejection] {
  const one = (member: Member | Rejection): readonly Member[] | Rejection => (isRejection(member) ? member : [member]);
  if (duplicateVote !== undefined) return ["duplicate_vote", one(judgeVotes(ground.chainId, set, duplicateVote))];
  if (duplicateProposal !== undefined) {
    return ["duplicate_proposal", one(judgeProposals(ground.chainId, set, duplicateProposal))];
  }
  const attack = present(lightClientAttack, "one of the kinds");
  return ["light_client_attack", judgeAttack(ground, set, attack)];
}
