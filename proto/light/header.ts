import { verifyBeacon, beaconInput } from "../beacon.js";
import { equalBytes, type Bytes } from "../bytes.js";
import { VALIDATORS_MAX } from "../limits.js";
import { codespace, reject, type Rejection } from "../rejection.js";
import { BLOCK_VERSION, isHeaderOf, type Certificate, type Header } from "../types/block.js";
import { indexOf, prioritiesRoot, validatorsRoot, type ValidatorSet } from "../types/validators.js";

/** A header with its certificate and validator set: everything that a light client needs of a height. */
export interface LightBlock {
  readonly header: Header;
  readonly certificate: Certificate;
  /** The set of the header's height, with the priorities of its round 0. */
  readonly validators: ValidatorSet;
}

/** Reasons to reject a light block. */
export const headerErrors = codespace("header", {
  version: 1, // { version, want }
  chainId: 2, // { chain_id, want }
  height: 3, // { height, want }
  validators: 4, // the set is not the one under the header
  priorities: 5,
  otherBlock: 6, // the certificate is for another block
  tooManySignatures: 7, // { count, max }
  proposer: 8, // not a validator of the height
  beacon: 9, // the proof is not the proposer's, or not over the beacon before
});

/**
 * Undefined if header, set and certificate belong together. Verifies no signature: its cost is bounded by the size of
 * the set.
 * @param height the requested height
 */
export function checkLightBlock(
  chainId: string,
  height: bigint,
  { header, certificate, validators }: LightBlock,
): Rejection | undefined {
  if (header.version !== BLOCK_VERSION) {
    return reject(headerErrors.version, { version: header.version, want: BLOCK_VERSION });
  }
  if (header.chainId !== chainId) return reject(headerErrors.chainId, { chain_id: header.chainId, want: chainId });
  if (header.height !== height) return reject(headerErrors.height, { height: header.height, want: height });
  if (!equalBytes(validatorsRoot(validators), header.validatorsRoot)) {
    return reject(headerErrors.validators, { height });
  }
  if (!equalBytes(prioritiesRoot(validators), header.prioritiesRoot)) {
    return reject(headerErrors.priorities, { height });
  }
  if (!isHeaderOf(certificate.blockId?.hash, header)) {
    return reject(headerErrors.otherBlock, { height });
  }
  const count = certificate.signatures.length;
  return count > VALIDATORS_MAX ? reject(headerErrors.tooManySignatures, { count, max: VALIDATORS_MAX }) : undefined;
}

/**
 * The beacon of a height, 32 bytes: the output of the proposer's VRF over the previous beacon. A proposer can produce
 * only one output, so the previous beacon suffices to verify this one. Rejects with header/proposer or header/beacon.
 * @param previous beacon of height - 1, 32 bytes
 */
export function headerBeacon({ header, validators }: LightBlock, previous: Bytes): Bytes | Rejection {
  const { chainId, height, proposer, beaconProof } = header;
  const member = validators.members[indexOf(validators, proposer)];
  if (member === undefined) return reject(headerErrors.proposer, { height });
  const beacon = verifyBeacon(member.pubKey, beaconInput(chainId, height, previous), beaconProof);
  return beacon ?? reject(headerErrors.beacon, { height });
}
