import { Fault } from "#proto/fault.js";

/** Faults that stop a signer. Each message says what the operator must do. They are not retried, because a retry may sign twice. */
export type SignerFaultCode =
  | "signer.record_missing" //  A key without its last-signed record: starting at zero could sign twice.
  | "signer.record_corrupt" //  The record does not read back as it was written.
  | "signer.record_stale" //    The chain holds a later signature of this key than the record knows.
  | "signer.write" //           The record could not be made durable; what is on disk is unknown.
  | "signer.stopped" //         An earlier write failed: nothing is signed any more.
  | "signer.joined_elsewhere" // This key signed one of the last blocks: another node may be running with it.
  | "signer.other_key"; //      A remote signer came back with another key than before.

export class SignerFault extends Fault<SignerFaultCode> {}
