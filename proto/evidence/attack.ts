import { present } from "../assert.js";
import { equalBytes } from "../bytes.js";
import { verifyCertificate } from "../light/certificate.js";
import { isRejection, reject, rejectionText, type Rejection } from "../rejection.js";
import { headerHash, isHeaderOf, type Certificate, type Header } from "../types/block.js";
import {
  indexOf,
  isOneHonest,
  validatorSet,
  validatorsRoot,
  type Member,
  type ValidatorSet,
} from "../types/validators.js";
import { evidenceErrors } from "./errors.js";
import type { Ground } from "./ground.js";
import type { LightClientAttack } from "./kinds.js";

/**
 * Attacks on light clients (E3, E4). There are three ways to decide a header that this chain does not have:
 *
 *   lunatic       the header does not follow from this chain's state. Members of the common set that signed it are guilty.
 *   equivocation  a correct header, decided in the round in which this chain decided another one. Members that signed
 *                 both are guilty.
 *   amnesia       a correct header, decided in another round. Some validator dropped a lock, but the two certificates do
 *                 not prove which one. Rejected, because a block holds only evidence that slashes a validator.
 */

/** Fields that follow from the state before a height. */
const FROM_STATE = [
  "stateRoot",
  "resultsRoot",
  "validatorsRoot",
  "nextValidatorsRoot",
  "prioritiesRoot",
  "paramsRoot",
] as const satisfies readonly (keyof Header)[];

/**
 * Whether a header of the same height cannot follow from our state before it: it has another root of state, results,
 * validators, priorities or parameters.
 */
export function followsFromOtherState(conflicting: Header, ours: Header): boolean {
  return FROM_STATE.some((field) => !equalBytes(conflicting[field], ours[field]));
}

/**
 * Members of a set whose signatures are in the certificate, and in `other` too if that is given; in the order of the
 * set.
 */
export function signersOf(set: ValidatorSet, certificate: Certificate, other?: Certificate): Member[] {
  const signed = ({ signatures }: Certificate): ReadonlySet<number> =>
    new Set(signatures.map(({ validator }) => indexOf(set, validator)));
  const [first, second] = [signed(certificate), other && signed(other)];
  return set.members.filter((_member, at) => first.has(at) && (second?.has(at) ?? true));
}

/**
 * The guilty members of the common set, in its order, or a rejection if the evidence proves none. Expects a checked
 * shape (`shapeProblem`). Certificates are verified last, because the sender chooses their size.
 * @param common the validator set of the common height
 */
export function judgeAttack(
  ground: Ground,
  common: ValidatorSet,
  attack: LightClientAttack,
): readonly Member[] | Rejection {
  const conflicting = present(attack.conflictingHeader, "a whole attack");
  const ours = present(attack.trustedHeader, "a whole attack");
  const certificate = present(attack.conflictingCertificate, "a whole attack");
  const { commonHeight, trustedCertificate } = attack;
  const set = orderedSet(attack);
  if (isRejection(set)) return set;
  const problem = headersProblem(ground, set, conflicting, ours) ?? certificateFits(conflicting, certificate);
  if (problem !== undefined) return problem;
  if (commonHeight > ours.height) return reject(evidenceErrors.place, { field: "common_height" });
  const isForward = conflicting.height > ours.height;
  const isLunatic = isForward || followsFromOtherState(conflicting, ours);
  if (commonHeight === conflicting.height && !equalBytes(validatorsRoot(common), conflicting.validatorsRoot)) {
    return reject(evidenceErrors.place, { field: "common_height" });
  }
  if (isLunatic !== (trustedCertificate === undefined)) {
    return isLunatic
      ? reject(evidenceErrors.malformed, { field: "trusted_certificate" })
      : reject(evidenceErrors.noCulprits);
  }
  if (trustedCertificate !== undefined) {
    if (commonHeight !== conflicting.height) return reject(evidenceErrors.place, { field: "common_height" });
    if (trustedCertificate.round !== certificate.round) return reject(evidenceErrors.noCulprits);
    const fits = certificateFits(ours, trustedCertificate);
    if (fits !== undefined) return fits;
  }
  const guilty = signersOf(common, certificate, trustedCertificate);
  const power = sumOf(guilty);
  if (!isOneHonest(power, common.totalPower)) {
    return reject(evidenceErrors.notTrusted, { power, total: common.totalPower });
  }
  const named = attack.byzantineValidators;
  const same = (member: Member, at: number): boolean =>
    named[at] !== undefined && equalBytes(named[at].pubKey, member.pubKey) && named[at].power === member.power;
  if (named.length !== guilty.length || !guilty.every(same)) {
    return reject(evidenceErrors.culprits, { want: guilty.length });
  }
  return (
    certificateProblem(ground.chainId, set, certificate) ??
    (trustedCertificate && certificateProblem(ground.chainId, common, trustedCertificate)) ??
    guilty
  );
}

/** Sum of the members' powers. */
export const sumOf = (members: readonly Member[]): bigint => members.reduce((sum, { power }) => sum + power, 0n);

function orderedSet({ conflictingValidators: given }: LightClientAttack): ValidatorSet | Rejection {
  const set = validatorSet(given);
  const ordered = !isRejection(set) && set.members.every(({ pubKey }, at) => equalBytes(pubKey, given[at]!.pubKey));
  return ordered ? set : reject(evidenceErrors.malformed, { field: "conflicting_validators" });
}

function headersProblem(
  { chainId, blockAt }: Ground,
  set: ValidatorSet,
  conflicting: Header,
  ours: Header,
): Rejection | undefined {
  if (conflicting.chainId !== chainId) {
    return reject(evidenceErrors.malformed, { field: "conflicting_header.chain_id" });
  }
  if (!equalBytes(validatorsRoot(set), conflicting.validatorsRoot)) {
    return reject(evidenceErrors.malformed, { field: "conflicting_validators" });
  }
  if (ours.height > conflicting.height) return reject(evidenceErrors.place, { field: "trusted_header" });
  if (!isHeaderOf(blockAt(ours.height)?.hash, ours)) return reject(evidenceErrors.notOurs, { height: ours.height });
  const conflicts =
    ours.height < conflicting.height ? conflicting.time <= ours.time : !isHeaderOf(headerHash(ours), conflicting);
  return conflicts ? undefined : reject(evidenceErrors.noConflict);
}

function certificateFits(header: Header, { height, blockId }: Certificate): Rejection | undefined {
  const fits = height === header.height && isHeaderOf(blockId?.hash, header);
  return fits ? undefined : reject(evidenceErrors.malformed, { field: "certificate" });
}

function certificateProblem(chainId: string, set: ValidatorSet, certificate: Certificate): Rejection | undefined {
  const refused = verifyCertificate(chainId, set, certificate, { height: certificate.height });
  return refused === undefined ? undefined : reject(evidenceErrors.signature, { why: rejectionText(refused) });
}
