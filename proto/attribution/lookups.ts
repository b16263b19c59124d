import type { Bytes } from "../bytes.js";

/**
 * A complete contribution that stands for its windows, as the rule sees it. Seniority is the order of (intentHeight,
 * intentIndex), which no two contributions share.
 */
export interface Committer {
  readonly contribution: bigint;
  readonly datanet: bigint;
  /** 20 bytes: the owner of now, replaced keys followed to the key that replaced them. */
  readonly owner: Bytes;
  readonly intentHeight: bigint;
  readonly intentIndex: number;
  /** Height of the acceptance, at which it was complete. Undefined as long as it has none: then it has no place. */
  readonly acceptedHeight: bigint | undefined;
}

/** The first committer of a window. An index may keep two such values for a contribution and answer with them. */
export interface FirstClaim {
  readonly committer: Committer;
  /** Whether the committer also has the window's place in its datanet. Only who has a place can be paid. */
  readonly placed: boolean;
}

/**
 * The windows that contributions stand for, as of the height at which a batch was formed. A fingerprint is given by the
 * upper and the lower 32 bits of its big-endian 8 bytes. Both answers take constant time, however many contributions hold a
 * window.
 * After a withdrawal the next contribution in seniority answers: otherwise a squatter could withdraw to shield a copyist.
 */
export interface WindowIndex {
  /** The most senior standing contribution with the window, accepted or not; undefined without one. */
  senior(high: number, low: number): FirstClaim | undefined;
  /** The contribution that has the window's place in a datanet. */
  place(datanet: bigint, high: number, low: number): Committer | undefined;
}
