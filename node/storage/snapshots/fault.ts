import { Fault } from "#proto/fault.js";

/** Errors of snapshots. The message says what to do. */
export type SnapshotFaultCode =
  | "snapshot.missing" //     No such snapshot, or a file of it is not there.
  | "snapshot.damaged" //     A file is not what its hash says, or not a snapshot's.
  | "snapshot.wrong_root" //  A chunk, or all that the manifest says of them, is not the state that the header commits to.
  | "snapshot.untrusted" //   Nothing vouches for the header.
  | "snapshot.other_chain" // Made from another genesis.
  | "snapshot.not_empty" //   The home holds a chain, or the beginnings of another restore.
  | "snapshot.height" //      That height cannot be snapshotted here.
  | "snapshot.too_large";

export class SnapshotFault extends Fault<SnapshotFaultCode> {}
