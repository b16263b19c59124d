import type { Bytes } from "#proto/bytes.js";
import type { Rejection } from "#proto/rejection.js";

/** Results of a transaction's admission. */
export interface Admission {
  readonly hash: Bytes;
  readonly gasWanted: bigint;
  /** Fee per gas; decides between senders. Unit: 10^-18 of the fee denomination's base unit. */
  readonly gasPrice: bigint;
  readonly sender: Bytes;
  readonly sequence: bigint;
}

/** The state machine's judgement over the last committed state and everything judged since (node/chain.ts). */
export interface Judge {
  /** In order; each accepted one counts for those behind it, until the next recheck. */
  check(txs: readonly Bytes[]): Promise<readonly (Admission | Rejection)[]>;
  /**
   * As check, but from the last committed state on: what was accepted before and is not named is forgotten.
   * @returns places of those that are no longer good
   */
  recheck(txs: readonly Bytes[]): Promise<readonly number[]>;
}
