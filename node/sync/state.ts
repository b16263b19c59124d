import type { Claims } from "./claims.js";
import type { DecidedBlock } from "./deps.js";
import type { InHand } from "./in-hand.js";
import type { Questions } from "./questions.js";

/**
 * looking: at the start, whether anybody proves a later block; consensus waits, for a bounded time. fetching: verified
 * blocks are applied and consensus is paused. following: consensus runs; what peers claim is looked into beside it.
 */
export type SyncPhase = "stopped" | "looking" | "fetching" | "following";

/** State that the parts of block sync share. */
export interface SyncState {
  readonly claims: Claims;
  readonly inHand: InHand;
  readonly questions: Questions;
  phase: SyncPhase;
  /** The block that the chain executes now. */
  applying: { readonly height: bigint; readonly decided: DecidedBlock } | undefined;
}
