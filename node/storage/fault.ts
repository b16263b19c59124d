import { Fault } from "#proto/fault.js";

/** Errors of this machine's storage. None is caused by a transaction; most stop the node. */
export type StorageFaultCode =
  | "storage.read" //             The disk did not give what it holds.
  | "storage.write" //            The disk refused a write or a sync. Never retried: its state is unknown.
  | "storage.corrupt_record" //   A record fails its checksum or is missing. The message names it.
  | "storage.missing_file" //     A file of the database is gone. The message names it.
  | "storage.corrupt_log" //      The write-ahead log is damaged before its end, or another version wrote it.
  | "storage.pruned" //           Asked for a height that is kept no more.
  | "storage.unknown_height" //   Asked for a height that is not there yet.
  | "storage.restoring" //      A restore from a snapshot has begun and not ended.
  | "storage.closed";

export class StorageFault extends Fault<StorageFaultCode> {}
