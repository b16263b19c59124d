import { equalBytes, type Bytes } from "#proto/bytes.js";
import type { Certificate } from "#proto/types/block.js";
import { SignerFault } from "./fault.js";
import type { Position } from "./record.js";

/** Looked at whatever the operator asks for: a record that does not know what its key signed is no protection. */
const HEIGHTS_LEAST = 10n;

export interface Joining {
  readonly address: Bytes;
  /** The content of the key's record. */
  readonly lastSigned: Position;
  /** Signatures up to this height are known to be this node's: its record at the first look, and what it asked for since. */
  readonly knownUpTo: bigint;
  /** P6, double_sign_check_height: the number of last blocks that must not contain a signature which this node did not request. */
  readonly checkHeights: bigint;
}

/** How many of the last blocks are looked at. */
export const heightsToCheck = (checkHeights: bigint): bigint =>
  checkHeights > HEIGHTS_LEAST ? checkHeights : HEIGHTS_LEAST;

/**
 * Before a validator votes, on the chain that sync has brought: did its key sign one of the last blocks while this node
 * was not the signer? What the record knows from this node's own past is no sign of another one.
 * @param certificates of the last blocks, newest first; no more than heightsToCheck
 * @param tip height of the newest
 * @throws SignerFault when voting could sign twice; once enough blocks without such a signature have passed it may
 */
export function checkBeforeJoining(joining: Joining, certificates: Iterable<Certificate>, tip: bigint): void {
  const { address, lastSigned, knownUpTo, checkHeights } = joining;
  for (const { height, round, signatures } of certificates) {
    if (!signatures.some(({ validator }) => equalBytes(validator, address))) continue;
    const later = height > lastSigned.height || (height === lastSigned.height && round > lastSigned.round);
    if (later) {
      throw new SignerFault(
        "signer.record_stale",
        `the chain holds a signature of this key at height ${height}, round ${round}, but its record ends at height ` +
          `${lastSigned.height}, round ${lastSigned.round}: the key runs elsewhere, or an older copy of the record was ` +
          "restored. Stop the other node and restore the latest record, or retire the key; this node votes again when " +
          `the last ${heightsToCheck(checkHeights)} blocks hold nothing of the kind.`,
      );
    }
    if (height > tip - checkHeights && height > knownUpTo) {
      throw new SignerFault(
        "signer.joined_elsewhere",
        `this key signed height ${height}, within the last ${checkHeights} (double_sign_check_height), and not for this ` +
          "node: make sure that no other node uses it; this node votes again after that many blocks.",
      );
    }
  }
}
