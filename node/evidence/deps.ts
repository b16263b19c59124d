import type { Bytes } from "#proto/bytes.js";
import type { Offence } from "#proto/evidence/ground.js";
import type { Rejection } from "#proto/rejection.js";

/** The ports of the pool. */
export interface EvidenceDeps {
  readonly chain: EvidenceChain;
  readonly kept: KeptEvidence;
  readonly log: { warn(message: string, fields?: Readonly<Record<string, unknown>>): void };
}

/** The chain's judgement of pieces of evidence, against the state after its last height. */
export interface EvidenceChain {
  /** One answer a piece: the offences that are not punished yet, or why it would not be accepted into the next block. */
  judgeEvidence(pieces: readonly Bytes[]): Promise<readonly (readonly Offence[] | Rejection)[]>;
  /** Of a committed block, unix milliseconds; undefined when it is not committed or forgotten. */
  blockTime(height: bigint): bigint | undefined;
}

/** Evidence that outlives the process. One writer. */
export interface KeptEvidence {
  load(): Promise<readonly Bytes[]>;
  /** Replaces what is kept; on disk for good once this resolves. @throws StorageFault: the node must not go on */
  save(pieces: readonly Bytes[]): Promise<void>;
}
