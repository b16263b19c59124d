import type { WindowIndex } from "../lookups.js";

/** Input of the rule beside the receipt: the state as of the height at which the batch was formed. */
export interface RuleFacts {
  readonly index: WindowIndex;
  readonly version: VersionFacts;
  /** Whether the window is on the list of common phrases. */
  common(high: number, low: number): boolean;
  /** Whether the datanet accepts what anybody contributes, without a review. */
  admitsAnybody(datanet: bigint): boolean;
}

/** Of a model version: what it and its ancestors license. */
export interface VersionFacts {
  /** Height of its publication. Through a release only earlier intents are eligible. */
  readonly height: bigint;
  /** Datanets of its releases and of its ancestors': at most 64, distinct. */
  readonly datanets: readonly bigint[];
  /** Whether the contribution is in one of these releases. */
  released(contribution: bigint): boolean;
}
