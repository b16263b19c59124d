/** Bounds that protect memory and the event loop; each with its reason. Chain-wide sizes are genesis parameters. */

const KiB = 1024;
const MiB = 1024 * KiB;

/**
 * Size of a block part: small enough to relay a block while it still arrives, large enough that proofs stay below 2 %.
 */
export const PART_BYTES = 64 * KiB;
/** Upper bound of the configurable block size: a block must fit in one stream frame and one database record. */
export const BLOCK_BYTES_CEILING = 16 * MiB;
/** Upper bound of a certificate in a header or message: about 100 bytes per validator. */
export const CERTIFICATE_BYTES_MAX = 256 * KiB;
/** Upper bound of a validator set. */
export const VALIDATORS_MAX = 1_000;
/** A light-client attack at VALIDATORS_MAX: two certificates of 96 kB, a set and its culprits of 46 kB, two headers. */
export const EVIDENCE_BYTES_MAX = 320 * KiB;
/** Total power stays below 2^60, so that priorities (at most twice that) fit 64 bits (V2, V5). */
export const TOTAL_POWER_MAX = 1n << 60n;
/** Rounds are signed 32-bit on the wire. */
export const ROUND_MAX = 2 ** 31 - 1;
/** As CometBFT's. */
export const CHAIN_ID_BYTES_MAX = 50;
/** The Cosmos SDK's default. */
export const MEMO_BYTES_MAX = 256;
/** Messages of a transaction. */
export const MESSAGES_PER_TX_MAX = 64;
/**
 * Signers of a transaction, and also all keys behind them: a threshold key of 16 keys is one signer with all the keys
 * that a transaction may have.
 */
export const SIGNERS_PER_TX_MAX = 16;
/**
 * Protobuf fields of a transaction, including sub-messages: three times those of a payment to 500 receivers. Decoding
 * one field costs up to four microseconds.
 */
export const FIELDS_PER_TX_MAX = 8_192;
/** Size of a chunk of fingerprints: 8,192 of 8 bytes. */
export const FINGERPRINT_CHUNK_BYTES = 64 * KiB;
/** 2^17 are a long book. When it becomes complete, is accepted or withdrawn, all of them change in the index in one block. */
export const FINGERPRINTS_PER_CONTRIBUTION_MAX = 1 << 17;
/** UTF-8 of a datanet's, a contribution's, a model's title. */
export const TITLE_BYTES_MAX = 200;
/** Upper bound of a block's results. They carry events and responses, several times the size of the block. */
export const RESULTS_BYTES_MAX = 256 * MiB;
