import { assert } from "#proto/assert.js";
import type { Contribution } from "../modules/datanet/index.js";

/** Ids and heights are numbers here: the index compares them a million times a block. */
export interface Member {
  readonly id: number;
  readonly datanet: number;
  readonly intentHeight: number;
  readonly intentIndex: number;
  readonly completeHeight: number;
  /** 0: not accepted, as far as the index has come. */
  acceptedHeight: number;
  /** The first release of its datanet that may hold it; 0: not accepted. */
  firstRelease: number;
  /** False once it is withdrawn; a height that is kept may still name it. */
  stands: boolean;
}

/** A total order of members. */
export type Before = (a: Member, b: Member) => boolean;

/** Seniority: the order of intents. */
export const isSenior: Before = (a, b) =>
  a.intentHeight === b.intentHeight ? a.intentIndex < b.intentIndex : a.intentHeight < b.intentHeight;

/**
 * Order of claims to a place in one datanet. The contribution that an earlier release can contain comes first, so that an
 * older intent does not replace a contribution of a release; between equals the order of intents decides.
 */
export const hasPlaceBefore: Before = (a, b) =>
  a.firstRelease === b.firstRelease ? isSenior(a, b) : a.firstRelease < b.firstRelease;

/** Bit 31 of a table's value marks a group; datanets and contributions stay below it. */
export const ID_MAX = 0x7fff_ffff;

function small(value: bigint, max: number): number {
  assert(value >= 0n && value <= BigInt(max), "the index holds ids of 31 bits and heights of 53");
  return Number(value);
}

/** The member behind a complete contribution, as it stands before it is accepted. */
export function newMember(contribution: Contribution): Member {
  const { id, datanetId, intentHeight, intentIndex, completeHeight } = contribution;
  return {
    id: small(id, ID_MAX),
    datanet: small(datanetId, ID_MAX),
    intentHeight: small(intentHeight, Number.MAX_SAFE_INTEGER),
    intentIndex,
    completeHeight: small(completeHeight, Number.MAX_SAFE_INTEGER),
    acceptedHeight: 0,
    firstRelease: 0,
    stands: true,
  };
}
