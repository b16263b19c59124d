/** Bounds that protect memory and the event loop; each with its reason. Chain-wide sizes are genesis parameters. */

const KiB = 1024;
const MiB = 1024 * KiB;

/** 64 kB: small enough to relay a block while it still arrives, large enough that proofs stay below 2 %. */
export const PART_BYTES = 64 * KiB;
/** Blocks above this cannot be configured: one frame on a stream and one record on disk must hold a block. */
export const BLOCK_BYTES_CEILING = 16 * MiB;
/** A header is below 1 kB; certificates grow by about 100 bytes a validator. */
export const CERTIFICATE_BYTES_MAX = 256 * KiB;
export const VALIDATORS_MAX = 1_000;
/** A light-client attack at VALIDATORS_MAX: two certificates of 96 kB, a set and its culprits of 46 kB, two headers. */
export const EVIDENCE_BYTES_MAX = 320 * KiB;
/** Powers sum below 2^60, so that priorities (at most twice that) stay within 64 bits (V2, V5). */
export const TOTAL_POWER_MAX = 1n << 60n;
export const ROUND_MAX = 2 ** 31 - 1;
export const CHAIN_ID_BYTES_MAX = 50;
export const MEMO_BYTES_MAX = 256;
export const MESSAGES_PER_TX_MAX = 64;
/** Signers, and all keys that stand behind them: a threshold of 16 keys is one signer and all of a transaction's keys. */
export const SIGNERS_PER_TX_MAX = 16;
/** Fields of a transaction, sub-messages included: three times a payment to 500. Reading one costs up to four microseconds. */
export const FIELDS_PER_TX_MAX = 8_192;
/** One record of fingerprints: 8,192 of 8 bytes. */
export const FINGERPRINT_CHUNK_BYTES = 64 * KiB;
/** Results carry events and responses: several times the size of the block they belong to. */
export const RESULTS_BYTES_MAX = 256 * MiB;
