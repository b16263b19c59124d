/** Sizes that PoA-2 accepts. Each is checked before anything of that size is allocated. */

/**
 * Size of one text; longer content is split into records. NFKC may expand a text up to 11 times, which a node must be
 * able to hold.
 */
export const TEXT_BYTES_MAX = 16 * 1024 * 1024;

/** Fingerprints of one contribution: 2^24 are 128 MB, the whole of tier R (see README). */
export const SET_FINGERPRINTS_MAX = 1 << 24;

/** Leaves of a sum tree that is built in memory: a million inferences of one consumer. */
export const SUM_LEAVES_MAX = 1 << 22;

/** 2^64 - 1. */
export const U64_MAX = (1n << 64n) - 1n;
