import { equalBytes, type Bytes } from "#proto/bytes.js";
import type { Certificate } from "#proto/types/block.js";
import { SignerFault } from "./fault.js";
import type { Position } from "./record.js";

/**
 * Before a validator joins: do the last blocks hold a signature of ours that our record does not know (a stale record),
 * or, when the operator asked for it, any signature of ours at all (P6: another node may run with this key)?
 * @param certificates of the last blocks the node has, newest included
 * @param checkHeight how many heights, `latest` the first of them, are looked at for P6; 0 asks nothing
 * @param signedHere last height that this process had signed; 0 at a start: P6 is about what others let the key sign
 * @throws SignerFault when joining could sign twice
 */
export function checkBeforeJoining(
  address: Bytes,
  lastSigned: Position,
  certificates: Iterable<Certificate>,
  latest: bigint,
  checkHeight: bigint,
  signedHere = 0n,
): void {
  for (const { height, round, signatures } of certificates) {
    if (!signatures.some(({ validator }) => equalBytes(validator, address))) continue;
    const later = height > lastSigned.height || (height === lastSigned.height && round > lastSigned.round);
    if (later) {
      throw new SignerFault(
        "signer.record_stale",
        `the chain holds a signature of this key at height ${height}, round ${round}, but its record ends at height ` +
          `${lastSigned.height}, round ${lastSigned.round}: an older copy was restored, or the key runs elsewhere. ` +
          "Restore the latest record, or retire the key.",
      );
    }
    if (height > latest - checkHeight && height > signedHere) {
      throw new SignerFault(
        "signer.joined_elsewhere",
        `this key signed height ${height}, within the last ${checkHeight} (double_sign_check_height): ` +
          "make sure that no other node runs with it, and wait that long.",
      );
    }
  }
}
