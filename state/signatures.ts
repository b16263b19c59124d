import type { ModeInfo } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { MultiSignature, type CompactBitArray } from "cosmjs-types/cosmos/crypto/multisig/v1beta1/multisig";
import type { Bytes } from "#proto/bytes.js";
import { cosmos } from "#proto/codec/cosmos.js";
import { sha256 } from "#proto/crypto/hash.js";
import { verifySecp256k1 } from "#proto/crypto/secp256k1.js";
import { SIGNERS_PER_TX_MAX } from "#proto/limits.js";
import { isRejection } from "#proto/rejection.js";
import type { SignerKey, Tx } from "#proto/tx/decode.js";
import { aminoDocument, directSignBytes, SIGN_MODE_AMINO, SIGN_MODE_DIRECT } from "#proto/tx/sign-doc.js";
import type { ReadMessage } from "./registry.js";

const multiSignature = cosmos(MultiSignature);
/** 64 bytes behind a tag and a length, for each key. */
const MULTI_SIGNATURE_BYTES_MAX = SIGNERS_PER_TX_MAX * 66;

/** A signature of one key that has to be verified. */
export interface Claim {
  readonly key: Bytes;
  readonly mode: number;
  readonly signature: Bytes;
}

/**
 * The signatures of one signer that have to be verified; verifies none. For a threshold key: one per marked key, at
 * least the threshold, in the order of keys. Undefined if the shapes do not match; inner modes must be single.
 */
export function claimsOf(
  key: SignerKey,
  modeInfo: ModeInfo | undefined,
  signature: Bytes,
): readonly Claim[] | undefined {
  if (key.kind === "secp256k1") {
    const mode = modeOf(modeInfo);
    return mode === undefined ? undefined : [{ key: key.key, mode, signature }];
  }
  const multi = modeInfo?.multi;
  if (multi?.bitarray === undefined || signature.length > MULTI_SIGNATURE_BYTES_MAX) return undefined;
  const marked = markedBits(multi.bitarray, key.keys.length);
  if (marked === undefined || marked.length < key.threshold || multi.modeInfos.length !== marked.length) {
    return undefined;
  }
  const inner = multiSignature.decode(signature);
  if (isRejection(inner) || inner.signatures.length !== marked.length) return undefined;
  const claims: Claim[] = [];
  for (const [i, at] of marked.entries()) {
    const mode = modeOf(multi.modeInfos[i]);
    if (mode === undefined) return undefined;
    claims.push({ key: key.keys[at]!, mode, signature: inner.signatures[i]! });
  }
  return claims;
}

/** The accepted mode of a single signature. */
function modeOf(modeInfo: ModeInfo | undefined): number | undefined {
  const mode = modeInfo?.single?.mode;
  return mode === SIGN_MODE_DIRECT || mode === SIGN_MODE_AMINO ? mode : undefined;
}

/** Indexes of the set bits; undefined when the array's two lengths disagree (hostile input 17). */
function markedBits({ extraBitsStored, elems }: CompactBitArray, size: number): number[] | undefined {
  const bits = extraBitsStored === 0 ? elems.length * 8 : (elems.length - 1) * 8 + extraBitsStored;
  if (extraBitsStored > 7 || bits !== size) return undefined;
  const marked: number[] = [];
  for (let i = 0; i < size; i++) if ((elems[i >> 3]! >> (7 - (i & 7))) & 1) marked.push(i);
  return marked;
}

/** The digest that a signer signs, per mode. */
export type Digests = (mode: number, accountNumber: bigint, sequence: bigint) => Bytes;

/**
 * Digests for all signers of a transaction. The amino form of the messages is made once, and only if a signer uses it.
 */
export function digestsOf(tx: Tx, messages: readonly ReadMessage[], chainId: string): Digests {
  let amino: ReturnType<typeof aminoDocument> | undefined;
  const documents: Readonly<Record<number, (accountNumber: bigint, sequence: bigint) => Bytes>> = {
    [SIGN_MODE_DIRECT]: (accountNumber) => directSignBytes(tx, chainId, accountNumber),
    [SIGN_MODE_AMINO](accountNumber, sequence) {
      const form = () => messages.map(({ row, value }) => row.amino(value));
      amino ??= aminoDocument(tx, form(), chainId);
      return amino(accountNumber, sequence);
    },
  };
  return (mode, accountNumber, sequence) => sha256(documents[mode]!(accountNumber, sequence));
}

/** Whether all signatures verify; stops at the first that does not. */
export function areTrue(claims: readonly Claim[], digest: (mode: number) => Bytes): boolean {
  const known = new Map<number, Bytes>();
  return claims.every(({ key, mode, signature }) => {
    let signed = known.get(mode);
    if (signed === undefined) known.set(mode, (signed = digest(mode)));
    return verifySecp256k1(signature, signed, key);
  });
}
