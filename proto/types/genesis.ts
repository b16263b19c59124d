import { fromBase64 } from "../base64.js";
import { fromHex, toHex, utf8, type Bytes } from "../bytes.js";
import { canonicalJson } from "../canonical-json.js";
import { sha256 } from "../crypto/hash.js";
import { validatorAddress } from "../crypto/ed25519.js";
import { BLOCK_BYTES_CEILING, CHAIN_ID_BYTES_MAX } from "../limits.js";
import { codespace, isRejection, reject, type Rejection } from "../rejection.js";
import { parseRfc3339 } from "../time.js";
import type { ConsensusParams } from "./block.js";
import { validatorSet, type ValidatorSet } from "./validators.js";

/** Reason to reject a genesis document. */
export const genesisErrors = codespace("genesis", {
  invalid: 1, // { field, want }
});

/** The genesis document as operators share it: JSON, integers as decimal strings. */
export interface GenesisDocument {
  readonly genesis_time: string; // RFC 3339, UTC
  readonly chain_id: string;
  readonly initial_height: string;
  readonly consensus_params: {
    readonly block: { readonly max_bytes: string; readonly max_gas: string; readonly max_tx_bytes: string };
    readonly evidence: {
      readonly max_age_num_blocks: string;
      readonly max_age_duration_ms: string;
      /** The same in nanoseconds, for CometBFT clients. */
      readonly max_age_duration?: string;
      readonly max_bytes: string;
    };
    readonly synchrony: { readonly precision_ms: string; readonly message_delay_ms: string };
  };
  readonly validators: readonly {
    readonly address: string; // upper-case hex
    readonly pub_key: { readonly type: "tendermint/PubKeyEd25519"; readonly value: string };
    readonly power: string;
    readonly name: string;
  }[];
  readonly app_hash: "";
  /** One entry per module; each module defines and checks its own. */
  readonly app_state: Readonly<Record<string, unknown>>;
}

/** A checked genesis document in our own types. */
export interface Genesis {
  readonly document: GenesisDocument;
  /** SHA-256 of the document's canonical JSON, which operators compare. */
  readonly hash: Bytes;
  readonly chainId: string;
  readonly time: bigint; // unix ms
  readonly initialHeight: bigint;
  readonly params: ConsensusParams;
  readonly validators: ValidatorSet;
  readonly appState: Readonly<Record<string, unknown>>;
}

const NANOS_PER_MS = 1_000_000n;
const U64 = /^(0|[1-9][0-9]{0,18})$/;
const CHAIN_ID = /^[a-z0-9][a-z0-9-]*$/;

const invalid = (field: string, want: string): Rejection => reject(genesisErrors.invalid, { field, want });

/**
 * Checks a parsed document field by field. Rejects with the first invalid field and what is expected. Does not check
 * `app_state` beyond being an object.
 */
export function parseGenesis(value: unknown): Genesis | Rejection {
  const document = value as GenesisDocument;
  if (typeof value !== "object" || value === null) return invalid("genesis", "a JSON object");
  const time = parseRfc3339(document.genesis_time);
  if (time === undefined) return invalid("genesis_time", "RFC 3339 in UTC, as 2026-01-01T00:00:00Z");
  const { chain_id: chainId } = document;
  if (typeof chainId !== "string" || !CHAIN_ID.test(chainId) || chainId.length > CHAIN_ID_BYTES_MAX) {
    return invalid("chain_id", `a-z, 0-9 and -, at most ${CHAIN_ID_BYTES_MAX} characters`);
  }
  if (document.initial_height !== "1") return invalid("initial_height", "1");
  const params = parseParams(document.consensus_params);
  if (isRejection(params)) return params;
  const validators = parseValidators(document.validators);
  if (isRejection(validators)) return validators;
  if (document.app_hash !== "") return invalid("app_hash", "an empty string");
  if (typeof document.app_state !== "object" || document.app_state === null) return invalid("app_state", "an object");
  const hash = sha256(utf8(canonicalJson(document)));
  return { document, hash, chainId, time, initialHeight: 1n, params, validators, appState: document.app_state };
}

function parseParams(value: GenesisDocument["consensus_params"] | undefined): ConsensusParams | Rejection {
  const fields = [
    ["blockBytesMax", "block.max_bytes", value?.block?.max_bytes],
    ["blockGasMax", "block.max_gas", value?.block?.max_gas],
    ["txBytesMax", "block.max_tx_bytes", value?.block?.max_tx_bytes],
    ["evidenceAgeBlocksMax", "evidence.max_age_num_blocks", value?.evidence?.max_age_num_blocks],
    ["evidenceAgeMsMax", "evidence.max_age_duration_ms", value?.evidence?.max_age_duration_ms],
    ["evidenceBytesMax", "evidence.max_bytes", value?.evidence?.max_bytes],
    ["precisionMs", "synchrony.precision_ms", value?.synchrony?.precision_ms],
    ["messageDelayMs", "synchrony.message_delay_ms", value?.synchrony?.message_delay_ms],
  ] as const;
  const params: Partial<Record<(typeof fields)[number][0], bigint>> = {};
  for (const [name, path, text] of fields) {
    if (typeof text !== "string" || !U64.test(text)) return invalid(`consensus_params.${path}`, "a decimal string");
    params[name] = BigInt(text);
  }
  const checked = params as ConsensusParams;
  const nanos: unknown = value?.evidence.max_age_duration;
  if (nanos !== undefined && nanos !== String(checked.evidenceAgeMsMax * NANOS_PER_MS)) {
    return invalid("consensus_params.evidence.max_age_duration", "max_age_duration_ms in nanoseconds, or nothing");
  }
  if (checked.blockBytesMax < 4096n || checked.blockBytesMax > BigInt(BLOCK_BYTES_CEILING)) {
    return invalid("consensus_params.block.max_bytes", `4096 to ${BLOCK_BYTES_CEILING}`);
  }
  if (checked.txBytesMax === 0n || checked.txBytesMax > checked.blockBytesMax / 2n) {
    return invalid("consensus_params.block.max_tx_bytes", "above zero and at most half of max_bytes");
  }
  // A block with the maximum of evidence still has room for transactions.
  if (checked.evidenceBytesMax > checked.blockBytesMax / 2n) {
    return invalid("consensus_params.evidence.max_bytes", "at most half of block.max_bytes");
  }
  if (checked.blockGasMax === 0n) return invalid("consensus_params.block.max_gas", "above zero");
  if (checked.precisionMs > 30_000n) return invalid("consensus_params.synchrony.precision_ms", "at most 30000 (BT3)");
  if (checked.messageDelayMs > 86_400_000n) {
    return invalid("consensus_params.synchrony.message_delay_ms", "at most 24 h (BT3)");
  }
  return checked;
}

function parseValidators(value: GenesisDocument["validators"] | undefined): ValidatorSet | Rejection {
  if (!Array.isArray(value)) return invalid("validators", "a list");
  const parsed: { pubKey: Bytes; power: bigint }[] = [];
  for (const [i, entry] of (value as GenesisDocument["validators"]).entries()) {
    const text: unknown = entry?.pub_key?.value;
    const pubKey = typeof text === "string" ? fromBase64(text) : undefined;
    if (entry?.pub_key?.type !== "tendermint/PubKeyEd25519" || pubKey?.length !== 32) {
      return invalid(`validators[${i}].pub_key`, "type tendermint/PubKeyEd25519 and 32 bytes in base64");
    }
    if (typeof entry.power !== "string" || !U64.test(entry.power)) {
      return invalid(`validators[${i}].power`, "a decimal string");
    }
    if (entry.address !== "" && fromHex(entry.address) === undefined) return invalid(`validators[${i}].address`, "hex");
    if (entry.address !== "" && entry.address !== toHex(validatorAddress(pubKey)).toUpperCase()) {
      return invalid(`validators[${i}].address`, "the address of pub_key, or an empty string");
    }
    parsed.push({ pubKey, power: BigInt(entry.power) });
  }
  return validatorSet(parsed);
}
