import type { Built, Effect, Input, ProposedValue, State } from "#consensus/types.js";
import type { Bytes } from "#proto/bytes.js";

export type EffectOf<K extends Effect["kind"]> = Extract<Effect, { kind: K }>;
/** An input that speaks of a block which is here. */
export type ValueInput = ProposedValue | Built;

/** Consensus as the parts of the drive see it: where it is, and the ways into its queue. */
export interface Consensus {
  state(): State;
  stopped(): boolean;
  /** Behind all that waits in the queue. */
  job(job: () => Promise<void>): void;
  /** A fact, behind all that waits in the queue. */
  input(input: Input): void;
  /** Work that the queue does not wait for; what it throws stops the node. */
  aside(work: () => Promise<void>): void;

  // From within a job only.

  /** Logs a fact, steps and carries out what follows. */
  feed(input: Input): Promise<void>;
  /** The same of a fact about a block, whose bytes stand in the log before it. */
  value(input: ValueInput, bytes: Bytes): Promise<void>;
  /** The state after a replayed log; nothing is logged again. */
  restore(state: State): void;
  carryOut(effects: readonly Effect[]): Promise<void>;
}
