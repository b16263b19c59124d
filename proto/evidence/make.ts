import { equalBytes } from "../bytes.js";
import type { LightBlock } from "../light/header.js";
import { reject, type Rejection } from "../rejection.js";
import type { Evidence } from "../types/block.js";
import type { Member, ValidatorSet } from "../types/validators.js";
import { followsFromOtherState, signersOf, sumOf } from "./attack.js";
import { evidenceErrors } from "./errors.js";

/** The last height on which light client and chain agree. Time in unix milliseconds. */
export interface Common {
  readonly height: bigint;
  readonly time: bigint;
  readonly validators: ValidatorSet;
}

/**
 * Evidence against the validators that decided `conflicting`, for the chain that has `ours`. Rejects with
 * evidence/noCulprits if the certificates do not prove who is guilty (amnesia).
 * @param ours the block at the same height, or an earlier one that is not older. Both must be verified from `common` on
 */
export function attackEvidence(common: Common, conflicting: LightBlock, ours: LightBlock): Evidence | Rejection {
  const isForward = conflicting.header.height > ours.header.height;
  const isLunatic = isForward || followsFromOtherState(conflicting.header, ours.header);
  if (!isLunatic && conflicting.certificate.round !== ours.certificate.round) return reject(evidenceErrors.noCulprits);
  const sameSet = !isForward && equalBytes(conflicting.header.validatorsRoot, ours.header.validatorsRoot);
  const held: Common = sameSet
    ? { height: ours.header.height, time: ours.header.time, validators: ours.validators }
    : common;
  const trustedCertificate = isLunatic ? undefined : ours.certificate;
  const guilty = signersOf(held.validators, conflicting.certificate, trustedCertificate);
  return {
    duplicateVote: undefined,
    duplicateProposal: undefined,
    lightClientAttack: {
      conflictingHeader: conflicting.header,
      conflictingCertificate: conflicting.certificate,
      conflictingValidators: listOf(conflicting.validators.members),
      commonHeight: held.height,
      trustedHeader: ours.header,
      trustedCertificate,
      byzantineValidators: listOf(guilty),
    },
    totalPower: held.validators.totalPower,
    validatorPower: sumOf(guilty),
    time: held.time,
  };
}

const listOf = (members: readonly Member[]): { pubKey: Uint8Array; power: bigint }[] =>
  members.map(({ pubKey, power }) => ({ pubKey, power }));
