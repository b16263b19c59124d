/** Rules of the module in numbers, each with its reason. */
export const limits = {
  /** At least 64 by the design; each costs a union of sets at publication, in the publisher's gas. */
  parents: 64,
  /** Named by the version itself; inherited ones have no limit. */
  releases: 256,
  /** That eligible releases come from, inherited ones included: a window of an answer is looked up in each of them. */
  datanets: 64,
  /**
   * A royalty is nothing or at least this: 60 % stacked are then at most 120 ancestors, so that the cost of a use has a
   * bound whatever the depth of the lineage.
   */
  royaltyBasisPointsMin: 50,
  /** Ten years at 1 s. */
  carryOverBlocks: 315_360_000n,
  titleBytes: 200,
  labelBytes: 64,
  formatBytes: 64,
  methodBytes: 64,
  benchmarkBytes: 128,
  metricBytes: 64,
  /** Entries of one page of a query that walks a lineage. */
  pageMax: 1_000,
  pageDefault: 100,
} as const;
