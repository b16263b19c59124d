import { FINGERPRINT_CHUNK_BYTES, FINGERPRINTS_PER_CONTRIBUTION_MAX, TITLE_BYTES_MAX } from "#proto/limits.js";
import type { Messages } from "#proto/codec/message.js";
import { SET_FINGERPRINTS_MAX } from "#proto/attribution/limits.js";

/** Rules of the module in numbers, each with its reason. */
export const limits = {
  /** Blocks in which a commitment may be opened: 2 h at 1 s, enough to survive an outage, short enough that a text cannot be reserved. */
  commitmentBlocks: 7_200n,
  /** Blocks in which the fingerprints behind the first chunk may come; as long again as the commitment. */
  uploadBlocks: 7_200n,
  /** Expired commitments that one block forgets: bounded work a block. */
  expiredPerBlock: 100,
  /** Chunks that one block deletes, of uploads given up and of contributions whose proofs have expired, and one more set of chunks. */
  chunksDeletedPerBlock: 1_024,
  fingerprintsPerContribution: FINGERPRINTS_PER_CONTRIBUTION_MAX,
  /** Twice the number of full chunks, so that a set cannot be spread over a million records. */
  chunksPerContribution: (2 * FINGERPRINTS_PER_CONTRIBUTION_MAX * 8) / FINGERPRINT_CHUNK_BYTES,
  chunkBytes: FINGERPRINT_CHUNK_BYTES,
  /** All of tier R: every validator holds the index in memory (512 MB at this size). Above it tier O takes over. */
  fingerprintsMax: BigInt(SET_FINGERPRINTS_MAX),
  /** A release hashes all of them in one transaction: about 0.3 s. */
  contributionsPerDatanet: 100_000,
  /** 16 MiB of text is what the text profile reads at once (proto/attribution/limits.ts) times records; content itself is off chain. */
  contentBytes: 1n << 40n,
  /** A verdict reads all curators' verdicts. */
  curators: 32,
  /** An update replaces the list; 500 addresses are 22 kB of a transaction. */
  allowList: 500,
  mediaTypes: 16,
  mediaTypeBytes: 127, // RFC 6838: type and subtype of 127 each; half of that is enough
  titleBytes: TITLE_BYTES_MAX,
  noteBytes: 1_000,
  records: 1 << 20,
  /** A datanet that keeps more than a fifth of what its contributors earn is refused (design: 0 to 20 %). */
  treasuryBasisPoints: 2_000,
  /** A bond beyond a million TRIB is a typing error, not a rule. */
  bond: 10n ** 12n,
} as const;

/** Of a genesis that says nothing else. */
export const DEFAULT_PARAMS: Messages["tributary.datanet.v1.Params"] = {
  /** Makes squatting on names cost. */
  deposit: "10000000",
  /** Filling the whole tier locks 11,241 TRIB, most of it for its last tenths. */
  fingerprintDeposit: "100",
  /** About what a title case costs: who stands against others has that to lose. */
  contestDepositMin: "100000",
  fingerprintsMax: limits.fingerprintsMax,
  /** 400 days at 1 s: as long as batches and credits stay in state. */
  proofBlocks: 34_560_000n,
};
